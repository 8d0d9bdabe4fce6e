"""`report.html`: one file, nothing loaded, nothing run, every citation a link to its evidence."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotfix.core.facts import Analysis
from hotfix.report.chart import draw_chart
from hotfix.report.html import render_html
from hotfix.report.words import say_place
from tests.report.analyses import FIRST, ONSET, VERDICTS, incident, no_incident, with_texts, worded

each_verdict = pytest.mark.parametrize("make", VERDICTS.values(), ids=VERDICTS)
_VOID = {"meta", "br", "rect", "path"}


class _Page(HTMLParser):
    """The elements of a page: their names in order, their attributes, and whether each was closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def values(self, name: str) -> list[str]:
        return [value or "" for key, value in self.attributes if key == name]


@each_verdict
def test_page_is_whole_and_needs_nothing_from_outside(make: Callable[[], Analysis]) -> None:
    """Every element is closed, none loads or runs anything, and each link leads to a place on the page."""
    page = _Page(render_html(make()))
    assert page.open == []
    assert set(page.names) & {"script", "link", "img", "iframe", "object", "embed", "base", "form"} == set()
    assert {key for key, _ in page.attributes if key.startswith("on") or key in {"src", "srcset", "style"}} == set()
    assert set(page.values("href")) <= {f"#{ident}" for ident in page.values("id")}
    assert len(page.values("id")) == len(set(page.values("id")))


def test_policy_of_the_page_forbids_network_and_script() -> None:
    """The page itself tells the browser to load and run nothing."""
    assert """content="default-src 'none'; style-src 'unsafe-inline';""" in render_html(incident())
    assert re.findall(r"url\(|@import|https?://", render_html(incident())) == []


def test_evidence_is_an_anchor_with_place_and_text() -> None:
    """Each item of evidence can be linked to, and shows its place and its text."""
    page = _Page(render_html(incident()))
    shown = "".join(page.text)
    told = [
        (one.id in page.values("id"), say_place(one.place) in shown, one.excerpt in shown)
        for one in incident().evidence
    ]
    assert told == [(True, True, True)] * 4


def test_citations_are_links() -> None:
    """The whys, the hypotheses and the timeline link to evidence, changes and deploys."""
    links = set(_Page(render_html(incident())).values("href"))
    assert {"#E1", "#E2", "#E3", "#E4", "#C1", "#D2"} <= links


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("<>&\"'`/={}%#!- \nascriptonerror"), st.characters(codec=None)), max_size=50
    )
)
def test_no_text_of_a_log_becomes_markup(text: str) -> None:
    """Whatever logs hold, the page has the elements and attributes that it has with harmless text."""
    hostile = _Page(render_html(with_texts(incident(), lambda whole: f"{whole} {text}")))
    harmless = _Page(render_html(with_texts(incident(), lambda whole: f"{whole} x")))
    assert (hostile.names, [key for key, _ in hostile.attributes]) == (
        harmless.names,
        [key for key, _ in harmless.attributes],
    )
    assert re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "".join(hostile.text)) == []


def test_model_is_told_with_what_was_struck() -> None:
    """What a model did, and each of its sentences that did not hold, stand in a section of their own, inert."""
    page = _Page(render_html(worded()))
    text = " ".join("".join(page.text).split())
    assert "some-3b (sha256 abab" in text
    assert "Ask <b>ops</b> [E99].E99 is the id of no fact" in text
    assert "b" not in page.names


def test_template_syntax_in_a_log_is_not_run() -> None:
    """What looks like a template in a log line is shown as it is."""
    shown = "".join(_Page(render_html(with_texts(incident(), lambda whole: "{{ 7 * 191 }} " + whole))).text)
    assert ("{{ 7 * 191 }}" in shown, "1337" in shown) == (True, False)


def test_chart_marks_onset_deploys_and_changes() -> None:
    """The chart draws the series, a bar per change, the onset and the deploys, the cited one strong."""
    chart = draw_chart(incident())
    assert chart is not None
    assert [panel.label for panel in chart.panels] == [
        "checkout: share of error records",
        "gateway: share of error records",
    ]
    assert [(mark.id, mark.cited) for mark in chart.marks] == [("D1", False), ("D2", True)]
    assert [lane.id for lane in chart.lanes] == ["C1", "C2", "C3", "C4"]
    assert chart.marks[1].x <= chart.onset_x == chart.lanes[0].x


def test_series_is_broken_where_there_was_no_record() -> None:
    """A gap in the records is a gap in the line."""
    chart = draw_chart(incident())
    assert chart is not None
    assert [panel.line.count("M") for panel in chart.panels] == [1, 2]


def test_chart_keeps_to_its_frame() -> None:
    """Deploys from before the logs are left out, and nothing is drawn outside of the frame."""
    early = tuple(replace(deploy, at=FIRST - timedelta(days=9)) for deploy in incident().deploys)
    chart = draw_chart(replace(incident(), deploys=early))
    assert chart is not None
    xs = [chart.onset_x, chart.end_x, *(tick.x for tick in chart.ticks), *(lane.x + lane.width for lane in chart.lanes)]
    assert (chart.marks, min(xs) >= 0, max(xs) <= chart.width) == ((), True, True)


@pytest.mark.parametrize(
    ("minutes", "labels"),
    [
        (6, ["14:03", "14:04", "14:05", "14:06", "14:07", "14:08"]),
        (36 * 60, ["01-15 18:00", "01-16 00:00", "01-16 06:00", "01-16 12:00", "01-16 18:00", "01-17 00:00"]),
        (9 * 24 * 60, ["01-17", "01-19", "01-21", "01-23"]),
    ],
)
def test_axis_has_few_round_times(minutes: int, labels: list[str]) -> None:
    """The axis has at most six ticks, at round times in UTC."""
    begin = ONSET.replace(minute=2, second=30)
    files = (replace(incident().files[0], first=begin, last=begin + timedelta(minutes=minutes)),)
    chart = draw_chart(replace(incident(), files=files))
    assert chart is not None
    assert [tick.label for tick in chart.ticks] == labels


def test_without_series_or_span_there_is_no_empty_chart() -> None:
    """Without series the changes are drawn alone; without an incident nothing is."""
    chart = draw_chart(replace(incident(), series=()))
    assert chart is not None
    assert (chart.panels, len(chart.lanes), draw_chart(no_incident())) == ((), 4, None)
