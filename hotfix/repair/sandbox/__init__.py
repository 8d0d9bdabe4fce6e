"""Runs a project's own commands where they can do no harm: a job comes in, what came of it goes out."""
