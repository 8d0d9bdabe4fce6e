"""Checks every word of a segment against a fact that it cites: quotes, times, numbers, names, words.

Comes in: one segment without joining words, and a fact. Goes out: what was specific in it. A word that no rule
allows strikes the sentence: what logs say may stand in a claim as a quote, a name or a number, never as its words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from hotfix.diagnosis.claimfacts import Citable, Citables, Number, holds, to_decimal
from hotfix.diagnosis.claimtext import FormError, Segment
from hotfix.diagnosis.claimvalues import NUMBER, is_moved, is_same, is_same_time
from hotfix.diagnosis.claimwords import load_claim_words, split_name, stem

_TIME = re.compile(
    r"(?P<whole>(?:(?P<date>\d{4}-\d\d-\d\d)(?:[T ](?=\d))?)?(?P<clock>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?)"
    r"(?P<zone> ?(?:Z|UTC)\b)?[.,;:)]*"
)
_WORD = re.compile(r"[A-Za-z]+")
_DENIAL = re.compile(
    r"(?:\b(?:not|no|never|none|cannot|without|non|neither|nor)|n't)[\s_-]+(?:\w+\s+){0,2}$", re.IGNORECASE
)
_POSSESSIVE = re.compile(r"'s$")
_IDENTIFIER = re.compile(r"[A-Z][A-Za-z]*[a-z][A-Z]\w*|[a-z]+[A-Z]\w*|[A-Z]{2,}[a-z]\w*|\w*[A-Z]\w*(?:Error|Exception)")


@dataclass(slots=True)
class _Reader:
    """Goes through the words of one segment from left to right."""

    fact: Citable
    everything: Citables
    chunks: list[str]
    place: int = 0
    said: list[Number] = field(default_factory=list)  # numbers so far, as the sentence says them
    named: set[str] = field(default_factory=set)  # services
    specifics: set[str] = field(default_factory=set)

    def at(self, offset: int) -> str:
        """Return the bare word this far from the present one; empty beyond the ends."""
        place = self.place + offset
        return _bare(self.chunks[place]) if 0 <= place < len(self.chunks) else ""


def check_segment(segment: Segment, fact: Citable, everything: Citables) -> frozenset[str]:
    """Return the names, numbers and times of a segment.

    Raises:
        FormError: something in it does not stand in the fact, or it holds nothing that could be checked.
    """
    for quote in segment.quotes:
        if not _is_quoted(quote, fact.excerpt):
            raise FormError(f"the quote {quote!r:.80} stands in no line of {fact.id}")
    text = _take_title(segment.text, fact, everything)
    reader = _Reader(fact, everything, text.split())
    if text != segment.text:
        reader.specifics.add(everything.title)
    while reader.place < len(reader.chunks):
        reader.place += _check_chunk(reader)
    _check_sequence(reader)
    _check_subject(reader)
    if not reader.specifics | reader.named and not segment.quotes:
        raise FormError(f"nothing that it says of {reader.fact.id} could be checked")
    return frozenset(reader.specifics | reader.named)


def _check_subject(reader: _Reader) -> None:
    """Refuse a segment on another service than its fact tells of, or on two: who did what to whom no rule can check."""
    own = (reader.fact.service or "").casefold()
    if len(reader.named) > 1:
        raise FormError(f"it speaks of {' and '.join(sorted(reader.named))} at once")
    if reader.named and own in reader.everything.names and own not in reader.named:
        raise FormError(f"{reader.fact.id} tells of {own}, not of {', '.join(sorted(reader.named))}")


def _is_quoted(quote: str, excerpt: str) -> bool:
    """Tell whether a quote stands literally in a line, no word of it cut, no denial before it left out."""
    start, end = (r"\b" if sign.isalnum() else "" for sign in (quote[0], quote[-1]))
    words = r"[^\S\n]+".join(map(re.escape, quote.split(" ")))
    found = re.finditer(f"{start}{words}{end}", excerpt)
    return any(not _DENIAL.search(excerpt[max(one.start() - 40, 0) : one.start()]) for one in found)


def _take_title(text: str, fact: Citable, everything: Citables) -> str:
    """Take the title of the leading cause out, where the fact supports it."""
    title = everything.title
    if not title or not fact.granted:
        return text
    return re.sub(rf"\b{re.escape(title)}\b", " ", text, flags=re.IGNORECASE)


def _check_chunk(reader: _Reader) -> int:
    """Check the present word; return how many words were understood with it."""
    whole = reader.chunks[reader.place]
    word = _bare(whole)
    if not word:
        return 1
    if used := _check_time(reader, whole):
        return used
    _refuse_denied(word)
    used = _check_move(reader, word.casefold()) or _check_number(reader, word)
    if not used:
        _check_word(word, reader)
    return used or 1


def _check_word(word: str, reader: _Reader) -> None:
    name = word.casefold()
    if name in reader.everything.names:
        if name not in reader.fact.names:
            raise FormError(f"{reader.fact.id} does not name {word!r}")
        reader.named.add(name)
    elif not (_WORD.fullmatch(word) and _is_allowed_word(word, reader)):
        _check_name(word, reader)


def _bare(chunk: str) -> str:
    """Return a word without the punctuation around it."""
    stripped = chunk.strip(".,;:()'-=&+$@/")
    return _POSSESSIVE.sub("", stripped)


def _refuse_denied(word: str) -> None:
    """Refuse a word that no fact can prove; inside of a name only those that would give the all-clear."""
    words, named = load_claim_words(), not _WORD.fullmatch(word) or _IDENTIFIER.fullmatch(word)
    parts, refused = (split_name(word), words.all_clear) if named else ([word.casefold()], words.denied)
    if found := refused.intersection(parts):
        raise FormError(f"{min(found)!r} claims what no fact can prove")


def _is_allowed_word(word: str, reader: _Reader) -> bool:
    words, stems = load_claim_words(), stem(word)
    if stems & words.plain:
        return True
    if stems & reader.fact.granted:
        reader.specifics.add(word.casefold())
        return True
    return bool(stems & words.technical and words.widen(stems) & reader.fact.stems)


def _check_name(word: str, reader: _Reader) -> None:
    """Allow a word that is written like a name, where a cited fact holds it, whole."""
    if _WORD.fullmatch(word) and not _IDENTIFIER.fullmatch(word):
        raise FormError(f"the word {word!r} is none that a claim on {reader.fact.id} may be made of")
    if not holds(reader.fact.text, word):
        raise FormError(f"{word!r} does not stand in {reader.fact.id}")
    if any(word == before != after for before, after in reader.fact.moved):
        raise FormError(f"{word!r} is what was before {reader.fact.id}")
    reader.specifics.add(word)


def _check_time(reader: _Reader, whole: str) -> int:
    """Check a time at the present word; return how many words it takes, 0 when there is none."""
    rest = " ".join(reader.chunks[reader.place : reader.place + 3]).lstrip("(")
    if whole.casefold() == "since" and reader.place + 1 < len(reader.chunks):
        reader.place += 1
        used = _check_time(reader, reader.chunks[reader.place])
        reader.place -= 1
        return 1 + used if used else 0
    found = _TIME.match(rest)
    if found is None or not found["whole"] or (len(rest) > found.end() and rest[found.end()] != " "):
        return 0
    if not any(is_same_time(moment, found) for moment in reader.fact.times):
        raise FormError(f"the time {found['whole']} is not that of {reader.fact.id}")
    reader.specifics.add(found["whole"])
    return len(found[0].split())


def _check_number(reader: _Reader, word: str) -> int:
    """Check a number with its unit, or with what it counts; return how many words it takes, 0 when it is none."""
    found = NUMBER.fullmatch(word)
    if found is None:
        return 0
    units = load_claim_words().units
    unit = units.get(found[2] or reader.at(1))
    if found[2] and unit is None:
        return 0
    value = to_decimal(found[1])
    counted = (
        None if unit and unit != "%" else next((noun for noun in map(reader.at, (1, 2, 3)) if _is_counted(noun)), None)
    )
    before = reader.at(-1).casefold()
    near = stem(counted) if counted else stem("line") if before in ("line", "lines") else frozenset[str]()
    if not any(is_same(value, unit, near, number) for text in reader.fact.numbers for number in text):
        raise FormError(
            f"the number {' '.join(filter(None, (found[1], unit or counted)))} does not stand in {reader.fact.id}"
        )
    reader.said.append(Number(value, unit, near))
    reader.specifics.add(found[0])
    return 2 if unit and not found[2] else 1


def _is_counted(noun: str) -> bool:
    return bool(noun and stem(noun) & load_claim_words().counted)


def _check_move(reader: _Reader, word: str) -> int:
    """Check ``from A to B``; return how many words it takes, 0 when the word joins no two values."""
    if word not in {"from", "to"}:
        return 0
    if word == "to" and _is_value(reader.at(-1)) and _is_value(reader.at(1)):
        raise FormError(f"{reader.at(-1)} to {reader.at(1)} does not say from which to which")
    if word == "to":
        return 0
    before = _read_value(reader, 1)
    place = 1 + len(before.split())
    after = _read_value(reader, place + 1)
    moved = reader.at(place).casefold() == "to" and after != ""
    alike = len(before.split()) == len(after.split())
    if moved and alike and any(is_moved(before, after, pair, reader.fact.stems) for pair in reader.fact.moved):
        reader.specifics |= {before, after}
        return place + 1 + len(after.split())
    if not _is_value(before):
        return 0
    if not moved:
        raise FormError(f"from {before} does not say to which")
    raise FormError(f"from {before} to {after} is not said by {reader.fact.id}")


def _read_value(reader: _Reader, offset: int) -> str:
    """Return the word this far from the present one, with the unit behind it."""
    value, unit = reader.at(offset), reader.at(offset + 1)
    return f"{value} {unit}" if unit in load_claim_words().units and value[-1:].isdigit() else value


def _is_value(word: str) -> bool:
    return any(sign.isdigit() for sign in word) and not re.fullmatch(r"\d\d:\d\d.*|\d{4}-\d\d-\d\d.*", word)


def _check_sequence(reader: _Reader) -> None:
    """Refuse two numbers in an order in which no text that holds both has them: 20 of 10 is not 10 of 20."""
    for one, other in zip(reader.said, reader.said[1:], strict=False):
        places = [(_find_all(text, one), _find_all(text, other)) for text in reader.fact.numbers]
        both = [(first, second) for first, second in places if first and second]
        if both and not any(min(first) < max(second) for first, second in both):
            raise FormError(f"{one.value} before {other.value} is not the order of {reader.fact.id}")


def _find_all(text: Sequence[Number], said: Number) -> list[int]:
    return [place for place, number in enumerate(text) if is_same(said.value, said.unit, said.near, number)]
