"""One file per kind of program that a stage runs."""
