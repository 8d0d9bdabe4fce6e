"""Names that say of a text that it is a pattern, or that it is what people type: the one is read, the other quoted."""

import re

PATTERN_NAME = re.compile(r"pattern|regex|expression|rule|glob(?!al)|mask|wildcard", re.IGNORECASE)
"""What a name has in it that stands for a pattern."""

TYPED_NAME = re.compile(r"(?<![a-z])(?:text|query|search|term|word|keyword|name)s?(?![a-z])")
"""A word of a name, or of a description, in small letters, that stands for a text which people type."""
