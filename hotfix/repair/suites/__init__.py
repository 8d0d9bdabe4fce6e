"""Finds a project's test suite, runs it, and tells what became of each test."""
