"""From Markdown to sections, lines and rows, with their line numbers; code blocks and comments are left out."""

import re
from collections.abc import Iterator

from hotfix.learn.lint.contract import Line, Row, Section

_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*$")
_UNDERLINE = re.compile(r"(?:=+|-{3,})\s*$")
_BOLD_HEADING = re.compile(r"\*\*([^*]+?):?\*\*:?\s*$")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_COMMENT = re.compile(r"(?<!\\)<!--.*?-->")
_COMMENT_BEGINS = re.compile(r"(?<!\\)<!--")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?")
_DIVIDER = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-*:?\s*)*\|?\s*$")
_CELLS = re.compile(r"(?<!\\)\|")
_FIELD = re.compile(r"(?:^|[;,.(|–—]\s*|\s-\s|\s)\**([A-Za-z][A-Za-z /-]{2,24}?)\**\s*:\**\s*(?=\S)")
_FIELDS = frozenset({
    "type", "kind", "owner", "role", "responsible", "due", "due-date", "deadline", "by", "factor", "linked-factor",
    "addresses", "cause", "links", "links-to", "evidence", "evidence-of-completion", "done",
    "done-when", "verification", "verified-by",
})  # fmt: skip
"""Labels of an action that is written as a list item."""


def read_sections(text: str) -> tuple[Section, ...]:
    """Return the sections of a document in their order; what stands before the first heading is one without a title."""
    heads = [(0, "", 0), *_find_headings(text)]
    plain = _leave_out(text)
    rows = tuple(_read_rows(plain))
    last = max(plain, default=0) + 1
    found = list[Section]()
    for at, (line, title, depth) in enumerate(heads):
        later = heads[at + 1 :]
        end = next(
            (other[0] for other in later if other[2] <= depth and depth), heads[1][0] if not depth and later else last
        )
        marks = {other[0] for other in heads}
        inside = tuple(
            Line(number, _strip(one))
            for number, one in plain.items()
            if line < number < end
            and number not in marks
            and _strip(one)
            and not _DIVIDER.match(one)
            and not _UNDERLINE.match(one)
        )
        found.append(Section(line, title, depth, inside, tuple(row for row in rows if line < row.line < end)))
    return tuple(found)


def _leave_out(text: str) -> dict[int, str]:
    """Return the lines by number without code blocks and comments."""
    kept, fence, comment = dict[int, str](), "", False
    for number, raw in enumerate(text.splitlines(), start=1):
        mark = _FENCE.match(raw)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) else fence
            continue
        if mark and not comment:
            fence = mark[1]
            continue
        line = _COMMENT.sub("", raw)
        if comment:
            comment, line = "-->" not in line, line.partition("-->")[2]
        if begin := _COMMENT_BEGINS.search(line):
            comment, line = True, line[: begin.start()]
        kept[number] = line
    return kept


def _find_headings(text: str) -> Iterator[tuple[int, str, int]]:
    plain = _leave_out(text)
    for number, line in plain.items():
        if found := _HEADING.match(line):
            yield number, _strip(found[2]), len(found[1])
        elif found := _BOLD_HEADING.match(line.strip()):
            yield number, _strip(found[1]), 5
        elif _is_underlined(plain, number):
            yield number, _strip(line), 1 if plain[number + 1].startswith("=") else 2


def _is_underlined(plain: dict[int, str], number: int) -> bool:
    line, above = plain[number], plain.get(number - 1, "").strip()
    alone = bool(line.strip()) and not above and "|" not in line and line.lstrip()[0] not in "-*+"
    return alone and bool(_UNDERLINE.match(plain.get(number + 1, "")))


def _read_rows(plain: dict[int, str]) -> Iterator[Row]:
    """Return the rows of tables, and list items with labelled fields."""
    header = list[str]()
    for number, line in plain.items():
        if _DIVIDER.match(line) and "|" in plain.get(number - 1, ""):
            header = [cell.lower() or "#" for cell in _split(plain[number - 1])]
        elif header and "|" in line:
            cells = _split(line)
            yield Row(number, dict(zip(header, cells + [""] * len(header), strict=False)))
        else:
            header = []
            if (item := _ITEM.match(line)) and not _is_field(line, item):
                yield Row(number, _read_fields(_join_item(plain, number, line[item.end() :])))


def _is_field(line: str, item: re.Match[str]) -> bool:
    """Tell whether an item is a labelled field of the one that it is indented below."""
    cells = _read_fields(line[item.end() :])
    return line[:1].isspace() and len(cells) > 1 and not cells[""]


def _join_item(plain: dict[int, str], number: int, text: str) -> str:
    """Return an item with the indented lines that belong to it."""
    parts, at = [text], number + 1
    while (line := plain.get(at, "")).startswith("  ") and line.strip():
        parts.append(_ITEM.sub("; ", line, count=1) if _ITEM.match(line) else line.strip())
        at += 1
    return " ".join(parts)


def _read_fields(item: str) -> dict[str, str]:
    marks = [found for found in _FIELD.finditer(item) if found[1].strip().lower().replace(" ", "-") in _FIELDS]
    first = marks[0].start() if marks else len(item)
    cells = {"": _strip(item[:first]).rstrip(" ;,.(|–—-")}
    for at, mark in enumerate(marks):
        end = marks[at + 1].start() if at + 1 < len(marks) else len(item)
        cells[mark[1].strip().lower()] = _strip(item[mark.end() : end]).rstrip(" ;,.)|–—")
    return cells


def _split(line: str) -> list[str]:
    return [_strip(cell) for cell in _CELLS.split(line.strip().removeprefix("|").removesuffix("|"))]


def _strip(text: str) -> str:
    """Return a line without the marks of emphasis, code and links."""
    said = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"\s+", " ", re.sub(r"[*`]+|(?<!\w)_+|_+(?!\w)", "", said)).strip()
