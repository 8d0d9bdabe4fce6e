"""What holds of the metrics whatever incidents, names and journals are."""

import csv
import io
import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotfix.core.facts import Severity
from hotfix.core.plain import tame
from hotfix.learn.clock import read_clock
from hotfix.learn.events import Event, EventKind, EventSource
from hotfix.learn.metrics.computing import DEFINITIONS, compute_metrics
from hotfix.learn.metrics.contract import Claims, Incident, Metrics, Rollout, Scope, Share, Spread
from hotfix.learn.metrics.groupings import Grouping
from hotfix.learn.metrics.limits import NAME_CHARACTERS
from hotfix.learn.metrics.names import bound_name
from hotfix.learn.status import read_status
from hotfix.report.metricslist import render_metrics_csv, render_metrics_json
from hotfix.report.openmetrics import render_openmetrics, write_openmetrics
from tests.learn.cases import ONSET, at
from tests.learn.cases import card as make_card
from tests.learn.measured import NOW

_FOR_PROMTOOL = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_MINUTES = st.integers(-60, 60 * 24 * 40)
_HOSTILE = st.sampled_from(
    ('evil"} 1\n# EOF\n', "\\", '\\"', "\x1b[2J", "\u202e", "\ud800", "=1+1", "", " ", "é" * 200)
)
_NAMES = _HOSTILE | st.text(max_size=12)
_NUMBERS = st.none() | st.floats() | st.integers(-1, 10**400) | st.booleans() | st.text(max_size=3)
_DETAILS = st.fixed_dictionaries(
    {},
    optional={
        "agent": _NAMES,
        "model": _NAMES,
        "rung": _NAMES.map("model:{}".format),
        "started_at": _NAMES | _MINUTES.map(lambda minutes: at(minutes).isoformat()),
        **dict.fromkeys(("cpu_s", "seconds", "prompt_tokens", "output_tokens"), _NUMBERS),
    },
)
_EVENTS = st.builds(
    lambda kind, minutes, source, done, details: Event(
        kind, at(minutes), at(minutes), source, done=done, details=details
    ),
    st.sampled_from(EventKind) | st.just("later_kind"),
    _MINUTES,
    st.sampled_from(EventSource) | st.just("later_source"),
    st.booleans(),
    _DETAILS,
)


@st.composite
def _incidents(draw: st.DrawFn) -> Incident:
    """Draw an incident as its folder may say it."""
    card = replace(
        make_card(draw(st.sampled_from(Severity)), draw(st.none() | st.integers(0, 500))),
        services=tuple(draw(st.lists(_NAMES, max_size=2))),
        category=draw(st.none() | _NAMES),
    )
    events = tuple(draw(st.lists(_EVENTS, max_size=6)))
    rollouts = st.builds(Rollout, st.booleans(), _MINUTES.map(at))
    return Incident(
        card=card,
        status=read_status(card, events),
        events=events,
        clock=read_clock(card, events, ONSET),
        rollouts=draw(st.none() | st.lists(rollouts, max_size=3).map(tuple)),
        regression=draw(st.none() | st.sampled_from(("", "passed", "failed"))),
        claims=draw(st.none() | st.builds(Claims, st.integers(0, 50), st.integers(0, 50))),
        has_review=draw(st.booleans()),
    )


_METRICS = st.builds(
    lambda incidents, by: compute_metrics(incidents, Scope(by=by), NOW),
    st.lists(_incidents(), max_size=8),
    st.none() | st.sampled_from(Grouping),
)


@settings(deadline=None)
@given(_METRICS)
def test_every_incident_is_counted_once(metrics: Metrics) -> None:
    """Known, not known and not applicable add up to all; so do groups; a share or median is of those that are known."""
    for group in (metrics.whole, *metrics.groups):
        for figure in group.figures:
            assert figure.n + figure.not_known + figure.not_applicable == group.incidents
            assert sum(figure.rests_on.values()) == figure.n
            match figure.result:
                case None:
                    assert figure.n == 0
                case Share() as share:
                    assert 0 <= share.count <= share.of >= figure.n > 0
                case Spread() as spread:
                    assert 0 <= spread.median <= spread.total + 0.001
                    assert (spread.lower_quartile is None) == (figure.n < 4)
    assert not metrics.groups or sum(one.incidents for one in metrics.groups) == metrics.whole.incidents


@settings(deadline=None)
@given(st.lists(_incidents(), max_size=8), st.randoms(use_true_random=False))
def test_order_of_the_folders_does_not_matter(incidents: list[Incident], random: object) -> None:
    """The same incidents in another order give the same numbers."""
    mixed = list(incidents)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    told = [compute_metrics(some, Scope(by=Grouping.SERVICE), NOW) for some in (incidents, mixed)]
    assert told[0] == told[1]


@settings(deadline=None)
@given(_METRICS)
def test_json_and_csv_are_whole(metrics: Metrics) -> None:
    """Both can be read back, hold each number, and no cell begins a formula."""
    told = json.loads(render_metrics_json(metrics))
    rows = list(csv.DictReader(io.StringIO(render_metrics_csv(metrics))))
    shown = metrics.groups if metrics.scope.by else (metrics.whole,)
    assert len(told["all"]["figures"]) == len(metrics.whole.figures)
    assert len(rows) == sum(len(group.figures) for group in shown)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values() if cell)


@given(_NAMES)
def test_name_is_harmless_and_short(name: str) -> None:
    """Nothing in it acts on a terminal, and it is never empty."""
    shown = bound_name(name)
    assert (tame(shown), 0 < len(shown) <= NAME_CHARACTERS) == (shown, True)


@_FOR_PROMTOOL
@given(_METRICS)
def test_prometheus_takes_the_file(metrics: Metrics) -> None:
    """``promtool check metrics`` finds nothing to say, whatever is in the labels."""
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=render_openmetrics(metrics).encode(), capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@settings(_FOR_PROMTOOL, max_examples=10)
@given(_METRICS)
def test_openmetrics_parser_takes_the_file(metrics: Metrics) -> None:
    """Prometheus' reader of OpenMetrics, which asks for times here, takes every sample, and each series once."""
    text = render_openmetrics(metrics)
    assert text.endswith("\n# EOF\n")
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    assert len({line.rsplit(" ", 1)[0] for line in samples}) == len(samples)
    with TemporaryDirectory() as folder:
        path = Path(folder, "timed.txt")
        path.write_text(re.sub(r"^([^#].*)$", r"\1 1700000000", text, flags=re.MULTILINE), encoding="utf-8")
        done = subprocess.run(
            ["promtool", "tsdb", "create-blocks-from", "openmetrics", path, Path(folder, "blocks")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_file_is_written_whole(tmp_path: Path) -> None:
    """The collector, which reads `*.prom`, never sees half of it; nothing else is left in the folder."""
    path = tmp_path / "hotfix.prom"
    metrics = compute_metrics((), Scope(), NOW)
    for _ in range(2):
        write_openmetrics(path, metrics)
    assert (list(tmp_path.iterdir()), path.read_text("utf-8")) == ([path], render_openmetrics(metrics))


def test_names_of_metrics_follow_the_conventions() -> None:
    """Each measure has one name of its own, in lower-case letters."""
    names = [one.ident for one in DEFINITIONS]
    assert (len(set(names)), all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in names)) == (len(names), True)
