"""Proves a patch before anyone ships it: five categories of tests, and a verdict with the rule that decided."""
