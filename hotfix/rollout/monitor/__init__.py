"""Monitors: one file each behind one contract."""
