"""The terminal report: the first screen answers, the details prove, logs can do nothing to the terminal."""

import io
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from hotfix.core.facts import Analysis, Place
from hotfix.core.settings import FIRST_SCREEN_LINES
from hotfix.report.console import render_console, state_verdict
from hotfix.report.words import say_place
from tests.report.analyses import (
    DEPLOYED,
    VERDICTS,
    incident,
    inconclusive,
    no_incident,
    recovered,
    unexplained,
    with_texts,
    worded,
)

each_verdict = pytest.mark.parametrize("make", VERDICTS.values(), ids=VERDICTS)


def _show(analysis: Analysis, width: int = 100, written: tuple[Path, ...] = ()) -> str:
    out = io.StringIO()
    render_console(analysis, Console(file=out, width=width, markup=False, highlight=False, emoji=False), written)
    return out.getvalue()


def _first_screen(analysis: Analysis, width: int = 100) -> list[str]:
    lines = _show(analysis, width).splitlines()
    starts = [index for index, line in enumerate(lines) if line in {"Evidence", "Read", "Missing evidence"}]
    return lines[: starts[0] - 1]


def test_first_screen_answers_in_order() -> None:
    """What broke, since when, since which change, how bad, what to do, how sure, where to look: in this order."""
    assert _first_screen(incident()) == [
        "INCIDENT P0 · ongoing · null_reference at checkout",
        "",
        "What broke      checkout: TypeError at app/cart.py:88 in total, since 2026-01-15T14:03:07.250Z, 5 s",
        "                after checkout 1.4.2 is live (was 1.4.1)",
        "Since when      2026-01-15T14:03:07.250Z (UTC), 18 min 53 s before the end of the logs",
        "Since change    D2 deployment: checkout 1.4.2 is live (was 1.4.1)",
        "                2026-01-15T14:03:02Z, 5.2 s before the onset (E2)",
        "                same service; fit 0.94 with C1, 1% of random moments would fit as well",
        "How bad         P0: 31.2% of 4,210 requests at gateway failed (more than 25%)",
        "                affected: checkout, gateway; sudden",
        "What to do      Roll back (risk low, complexity low, about 10 min)",
        "                1. Roll back checkout from 1.4.2 to 1.4.1",
        "                2. Watch checkout until its errors stop",
        "                3. Guard the value before it is used, and log when it is missing",
        "How sure        91%, enough: 80% is needed to act at P0",
        "Where to look   logs/checkout.log:20411 (E1)",
        "                2026-01-15T14:03:07.250Z ERROR checkout request 7f3a failed",
    ]


def test_recovered_incident_says_until_when() -> None:
    """An incident that is over says so first, how long it lasted, and that nothing needs to be done at once."""
    screen = _first_screen(recovered())
    assert screen[0] == "RECOVERED P1 · null_reference at checkout"
    assert "                until 2026-01-15T14:08:07.250Z: it lasted 5 min" in screen
    assert "What to do      Wait and watch (risk low, complexity low)" in screen


def test_no_incident_says_what_was_looked_at() -> None:
    """Healthy logs get a short answer with what was read and what was not."""
    assert _first_screen(no_incident()) == [
        "NO INCIDENT",
        "",
        "What was found  nothing got worse in 24,310 records; 12 of them are errors, whose rise, if any, may",
        "                be chance",
        "What was read   24,310 records in 3 files",
        "                2026-01-15T13:23:07.250Z to 2026-01-15T14:22:00.250Z (58 min 53 s)",
        "                1 thing not read: see below",
        "                6 records in no known format, read as plain text",
    ]


def test_inconclusive_says_why_and_what_would_tell() -> None:
    """When nothing can be said the reason comes first, then what would tell more."""
    screen = _first_screen(inconclusive())
    assert screen[0] == "INCONCLUSIVE"
    assert screen[2] == "Why             no record carries a time, so before and after cannot be told apart"
    assert screen[-1] == "What would tell logs from before and after the trouble, with times"


def test_unexplained_incident_claims_no_cause_and_no_action() -> None:
    """Where no record says why, neither a cause nor an action is claimed."""
    screen = _first_screen(unexplained())
    assert screen[0] == "INCONCLUSIVE P0 · ongoing · cause not known at checkout"
    assert "What to do      no action follows from these logs; get what would tell more:" in screen
    assert "How sure        that it got worse: yes; why: not known" in screen


def test_change_of_another_service_is_no_proof() -> None:
    """A deploy that fits only in time is called no proof."""
    analysis = incident()
    pairs = tuple(replace(pair, service_match=False) for pair in analysis.correlations)
    line = "                another service; fit 0.94 with C1, 1% of random moments would fit as well; timing a…"
    assert line in _first_screen(replace(analysis, correlations=pairs))


def test_names_that_both_hold_are_told() -> None:
    """A deploy of another service is told with the names that it and the failing records share."""
    analysis = incident()
    pairs = tuple(replace(pair, service_match=False, shared=("city",)) for pair in analysis.correlations)
    line = "                another service, but both name city; fit 0.94 with C1, 1% of random moments would f…"
    assert line in _first_screen(replace(analysis, correlations=pairs))


def test_low_confidence_asks_to_confirm_first() -> None:
    """Below the bar of its severity the report asks to confirm before acting, and says what is missing."""
    analysis = incident()
    unsure = replace(analysis, diagnosis=replace(analysis.diagnosis, confidence=0.796))
    screen = _first_screen(unsure)
    assert "How sure        79%, not enough: 80% is needed to act at P0; confirm first" in screen
    assert "                missing: metrics of the hosts (CPU, memory, disk) at the onset" in screen


@each_verdict
@pytest.mark.parametrize("width", [40, 80, 100, 200])
def test_first_screen_fits_a_terminal(make: Callable[[], Analysis], width: int) -> None:
    """The first screen fills at most 24 rows, and only a place takes two, even when every text is long."""
    for analysis in (make(), with_texts(make(), lambda text: f"{text} " + "long " * 80)):
        screen = _first_screen(analysis, width)
        rows = [max(-(-cell_len(line) // width), 1) for line in screen]
        assert (sum(rows) <= FIRST_SCREEN_LINES, sorted(rows)[:-1]) == (True, [1] * (len(rows) - 1))


def test_deep_path_keeps_its_file_and_line() -> None:
    """Of a path that is too long for the first screen the end stays."""
    analysis = incident()
    deep = Place("/very" * 80 + "/app.log", 20_411, 20_411)
    evidence = (replace(analysis.evidence[0], place=deep), *analysis.evidence[1:])
    screen = _first_screen(replace(analysis, evidence=evidence), 80)
    assert [line[-24:] for line in screen if "…" in line and "very" in line] == ["/very/app.log:20411 (E1)"]


def test_long_error_text_keeps_the_frame_in_sight() -> None:
    """Of a long error text so much is cut that the file and line behind it stay on the first screen."""
    analysis = incident()
    statement = f"checkout: ValueError: {'very ' * 90}long at app/cart.py:88 in total, since 2026-01-15T14:03:07.250Z"
    screen = _first_screen(replace(analysis, diagnosis=replace(analysis.diagnosis, statement=statement)), 80)
    assert "…" in " ".join(screen[2:5])
    assert "app/cart.py:88" in " ".join(screen[2:5])


def test_deploy_told_of_after_the_onset_says_so() -> None:
    """A deploy whose record comes after the first sign is set against the change that it fits."""
    analysis = incident()
    assert analysis.incident
    early = replace(analysis.incident, started_at=DEPLOYED - timedelta(seconds=2))
    line = "                2026-01-15T14:03:02Z, 5.2 s before C1, 2.0 s after the onset (E2)"
    assert line in _first_screen(replace(analysis, incident=early))


def test_details_cite_every_evidence_with_its_place() -> None:
    """Every item of evidence stands in the details with its id, its whole place and its first line."""
    lines = _show(incident()).splitlines()
    for evidence in incident().evidence:
        head = next(index for index, line in enumerate(lines) if line.startswith(f"  {evidence.id}  "))
        assert lines[head + 1] == f"      {say_place(evidence.place)}"
        assert f"      │ {evidence.excerpt.splitlines()[0]}" in lines[head:]


def test_details_name_each_part_of_the_analysis() -> None:
    """Changes, deploys, whys, hypotheses, gaps, inputs, assumptions, times and files all have their section."""
    titles = [line for line in _show(incident(), written=(Path("out/report.json"),)).splitlines() if line[:1].strip()]
    assert titles[8:] == [
        "Evidence", "What changed in the logs", "What changed in the world", "Five whys", "What to do, in full",
        "Contributing", "Other hypotheses", "Missing evidence", "Read", "Not read", "Assumptions", "Not done",
        "Time taken", "Written to",
    ]  # fmt: skip


def test_model_is_told_with_what_was_struck() -> None:
    """What a model took, and each of its sentences that did not hold with the reason, come after the times."""
    lines = [line.strip() for line in _show(worded()).splitlines()]
    assert lines[lines.index("Local model") + 1 :] == [
        "some-3b: 2 calls in 21 s",
        "2,100 tokens read, 900 of them kept from before, 140 written; 3 sentences held",
        "", "Struck, and used nowhere", "All is well now [E1].", "the word 'All' stands in none of the cited facts",
        "Ask <b>ops</b> [E99].", "E99 is the id of no fact",
    ]  # fmt: skip


def test_unproven_why_is_marked() -> None:
    """A step of the whys that no evidence proves begins with Hypothesis:."""
    assert "      Hypothesis: no test covers a cart without a discount" in _show(incident()).splitlines()


def test_rest_of_a_long_list_is_counted() -> None:
    """Of very many files the report shows some and says how many more there are."""
    many = replace(incident(), files=incident().files[:1] * 100)
    assert "  … and 40 more, all in report.json" in _show(many).splitlines()


def test_pipe_gets_plain_text_without_trailing_spaces() -> None:
    """Without a terminal no escape is written, and no line ends in spaces."""
    shown = _show(incident())
    assert ("\x1b" in shown, [line for line in shown.splitlines() if line != line.rstrip()]) == (False, [])


def test_terminal_gets_colour_and_no_color_is_honoured() -> None:
    """On a terminal the headline is coloured, with NO_COLOR it is not."""
    shown = {}
    for environ in ({"TERM": "xterm"}, {"TERM": "xterm", "NO_COLOR": "1"}):
        out = io.StringIO()
        render_console(incident(), Console(file=out, width=100, force_terminal=True, _environ=environ))
        shown[len(environ)] = "\x1b[1;31m" in out.getvalue()
    assert shown == {1: True, 2: False}


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_poor_encoding_gets_the_signs_that_it_has(encoding: str) -> None:
    """An encoding without arrows or other scripts gets plain signs and escapes, and no error."""
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    render_console(with_texts(incident(), lambda text: f"{text} 漢"), Console(file=out, width=100))
    out.flush()
    text = out.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]
    assert ("0.06% -> 93%" in text, "\\u6f22" in text) == (True, True)


def test_verdict_in_one_line() -> None:
    """The quiet form is one harmless line."""
    assert state_verdict(no_incident()).startswith("NO INCIDENT: nothing got worse in 24,310 records")
    assert "\n" not in state_verdict(with_texts(incident(), lambda text: text + "\n\x1b[2J"))


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet=st.characters(codec=None), max_size=60), st.sampled_from([80, 100]))
def test_no_text_reaches_the_terminal_as_a_command(text: str, width: int) -> None:
    """Whatever logs hold, only printable characters and line ends are written, and never style or markup."""
    shown = _show(with_texts(incident(), lambda whole: f"{whole} {text}"), width)
    acting = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert [
        line for line in shown.split("\n") if {unicodedata.category(character) for character in line} & acting
    ] == []


@pytest.mark.parametrize("markup", ["[bold red]x[/]", "[link=http://e]x[/link]", ":skull:", "[/nothing]"])
def test_markup_of_rich_is_shown_and_not_obeyed(markup: str) -> None:
    """Markup in a log line is printed as it was written."""
    analysis = with_texts(incident(), lambda whole: f"{markup} {whole}")
    out = io.StringIO()
    render_console(analysis, Console(file=out, width=100))
    assert f"│ {markup} 2026-01-15T14:03:07.250Z ERROR" in out.getvalue()
