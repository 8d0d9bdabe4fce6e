"""Metrics over incidents: how fast, how well and at what cost they were dealt with, each number with its ground."""
