"""What every stage shares: errors, table schemas, facts, settings and packaged data. Imports nothing above it."""
