"""Offers of the day."""

from pathlib import Path

_HERE = Path(__file__).parent.parent

__version__ = (_HERE / "VERSION").read_text().strip()
