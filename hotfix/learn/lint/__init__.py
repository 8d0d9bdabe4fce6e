"""Reads reviews that people wrote, for blame and for what they lack."""
