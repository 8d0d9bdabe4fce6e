"""From files to records: sources, formats, timestamps, stack traces. Imports `core` only."""
