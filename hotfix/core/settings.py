"""Every threshold of the product: a named constant with its unit and where the number comes from.

A stage reads its numbers from here and nowhere else. One section per package, in the order of the way of the data.
"""

# --- ingest: reading -------------------------------------------------------------------------------------------
BLOCK_BYTES = 8 * 1024 * 1024
"""Bytes of text handled at a time; 8 MB blocks beat 2 MB ones (measured: fewer joins per key)."""

MAX_LINE_BYTES = 256 * 1024
"""Longest part of one line that is read, bytes; beyond it a line is data, not a message (RFC 5424 asks for 2 KiB)."""
