"""Shapes of rows."""

dict_row = dict
