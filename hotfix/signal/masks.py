"""Masks what varies by its look: messages come in, messages with <*> in place of numbers, ids and addresses go out.

It knows no template and no data: a word that varies without looking like a value (a user, a host, a path) is left as
it is, and `templates` sees from many messages that it varies.
"""

import polars as pl

WILDCARD = "<*>"
"""Stands where a message varies."""

_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?"
_CLOCK = r"\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?"
_ZONE = r"(?:Z\b| ?[+-]\d\d:?\d\d\b| (?:UTC|GMT|[A-Z]{1,3}[SD]T)\b)?"
_HEX = "[0-9a-fA-F]"
_HEXTET = "[a-fA-F]{0,3}[0-9][0-9a-fA-F]{0,3}"

_VALUES = (
    r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,15}://[^\s\"'<>()\[\]{},;|]+",  # URL
    r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-zA-Z]{2,}\b",  # e-mail
    r"\b\d{4}[-/.]\d\d?[-/.]\d\d?(?:[T _:-]" + _CLOCK + _ZONE + ")?",  # 2026-01-15 08:00:00,123
    rf"\b(?:{_DAY} )?\d\d?[ /-]{_MONTH}[ /-]\d{{4}}[ :]{_CLOCK}{_ZONE}",  # 15/Jan/2026:08:00:00 +0000
    rf"\b(?:{_DAY} )?{_MONTH} \d\d?,? (?:\d{{4}} )?{_CLOCK}{_ZONE}(?: \d{{4}}\b)?",  # Thu Jan 15 08:00:00 2026
    rf"\b{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}\b",  # UUID
    rf"\b(?:{_HEX}{{2}}[:-]){{5}}{_HEX}{{2}}\b",  # MAC
    rf"\b{_HEXTET}(?::{_HEX}{{1,4}}){{3,7}}\b",  # IPv6 in full
    rf"\b{_HEXTET}(?::{_HEX}{{1,4}})*::(?:{_HEX}{{1,4}}(?::{_HEX}{{1,4}})*)?",  # IPv6, shortened
    rf"\b0[xX]{_HEX}+\b",
    r"\b\d+(?:\.\d+)? [KMGTP]?i?B\b",  # size with its unit apart
    r"\b\d+(?:[._:/,-]\d+)*(?:[a-zA-Zµ]{1,3}(?:/s)?)?\b",  # number, address, version, time; with its unit
    rf"\b[a-fA-F]*[0-9]{_HEX}*\b",  # hex with a digit in it; a word of hex letters alone is a word
    rf"\b{_HEX}{{16,}}\b",
    r"\b\w*[0-9][a-zA-Z]+[0-9]\w*\b",  # id: letters between digits
    r"\d+(?:[._:/,-]\d+)*",  # number inside a word
)
_MASK = "|".join(_VALUES)
_SIGN = r"(^|[\s=:,;|/_(\[{<>\"'])[-+]<\*>"
_LIST = r"<\*>(?:, ?<\*>){2,}"


def mask_messages(messages: pl.Series) -> pl.Series:
    r"""Return each message with its values replaced by ``<*>``; what a message becomes depends on it alone.

    Values are: URLs; e-mail addresses; dates with or without a time of day; UUIDs; MAC, IPv4 and IPv6 addresses with
    or without a port; numbers with sign, fraction, attached unit (``12ms``, ``3.5KB/s``) or a unit of bytes apart
    (``4.1 KB``); hexadecimal with ``0x``, with a digit in it, or of 16 letters and more (``face`` is a word); ids with
    letters between digits. Digits inside a longer word are masked and the word is kept (``blk_<*>``, ``ssh<*>``);
    numbers joined by one of ``. _ : / , -`` are one value, and so is a list of values with commas. Paths keep
    their words; quoted text is masked like other text. Runs of white space become one blank.

    Args:
        messages: String; nulls stay null.
    """
    column = pl.col("message").str.replace_all(r"\s+", " ").str.strip_chars(" ")
    masked = column.str.replace_all(_MASK, WILDCARD).str.replace_all(_SIGN, "${1}<*>").str.replace_all(_LIST, WILDCARD)
    return messages.rename("message").to_frame().select(masked).to_series()
