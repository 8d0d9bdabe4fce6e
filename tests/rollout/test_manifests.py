"""Exports for Kubernetes: they fit the tools' schemas, say the policy's numbers, and say what they cannot.

The schemas in `schemas/` are strict subsets of the published ones, written anew; each names its source and revision.
"""

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from hotfix.core.errors import UsageError
from hotfix.core.facts import Severity
from hotfix.rollout.manifests import EXPORTS
from hotfix.rollout.plan.contract import Plan
from hotfix.rollout.strategies import Strategy
from tests.rollout.plans import find, going_forward, make_plan, patched, verified

_SCHEMAS = Path(__file__).with_name("schemas")
_KINDS = {
    ("argo", Strategy.CANARY): ["AnalysisTemplate", "Rollout"],
    ("argo", Strategy.BLUE_GREEN): ["AnalysisTemplate", "Rollout"],
    ("argo", Strategy.ROLLING): ["AnalysisTemplate", "Rollout"],
    ("flagger", Strategy.CANARY): ["MetricTemplate", "MetricTemplate", "MetricTemplate", "Canary"],
    ("flagger", Strategy.BLUE_GREEN): ["MetricTemplate", "MetricTemplate", "Canary"],
}
_CONFIGURATION = "[deploy]\nrollback_errors = 0.04\nrollback_p95 = 1.8\nrollback_volume = 0.7\ncheck_s = 30\n"


def _plan(folder: Path, strategy: Strategy, service: str = "checkout", monitor: str = "") -> Plan:
    analysis = going_forward(Severity.P1)
    analysis = replace(analysis, diagnosis=replace(analysis.diagnosis, service=service))
    findings = find(folder, analysis, patched(), verified())
    return make_plan(folder, findings, _CONFIGURATION + monitor, strategy)


def _read(stream: str) -> list[dict[str, object]]:
    """Return the documents of a stream: each is JSON between lines of three dashes, below comments."""
    parts = re.sub(r"(?m)^#.*\n", "", stream).split("---\n")
    assert not parts[0]
    return [json.loads(part) for part in parts[1:]]


def _list_queries(value: object) -> list[str]:
    if isinstance(value, list):
        return [query for one in value for query in _list_queries(one)]
    if not isinstance(value, dict):
        return []
    own = [str(value["query"])] if "query" in value else []
    return own + [query for one in value.values() for query in _list_queries(one)]


@pytest.mark.parametrize(("tool", "strategy"), _KINDS)
def test_manifests_fit_the_schema(tmp_path: Path, tool: str, strategy: Strategy) -> None:
    """Every document is valid, with no field that the tool does not know."""
    file, render = EXPORTS[tool]
    documents = _read(render(_plan(tmp_path, strategy)))
    assert [one["kind"] for one in documents] == _KINDS[tool, strategy]
    schema = json.loads((_SCHEMAS / file).with_suffix(".json").read_text())
    for one in documents:
        kind = {**schema, "$ref": f"#/$defs/{one['kind']}"}
        assert [error.message for error in Draft202012Validator(kind).iter_errors(one)] == []


def test_schemas_refuse_what_they_do_not_know(tmp_path: Path) -> None:
    """A field with a wrong name or type is found: the validation can fail."""
    schema = json.loads((_SCHEMAS / "argo-rollouts.json").read_text())
    rollout = _read(EXPORTS["argo"][1](_plan(tmp_path, Strategy.CANARY)))[1]
    spec = rollout["spec"]
    validator = Draft202012Validator({**schema, "$ref": "#/$defs/Rollout"})
    for wrong in (
        {**spec, "workloadReference": {}},
        {**spec, "strategy": {"canary": {"steps": [{"setWeight": "10"}]}}},
    ):
        assert not validator.is_valid({**rollout, "spec": wrong})


@pytest.mark.parametrize(("tool", "strategy"), _KINDS)
def test_queries_are_promql(tmp_path: Path, tool: str, strategy: Strategy) -> None:
    """Prometheus itself reads every query, once the tools have put in what they put in."""
    documents = _read(EXPORTS[tool][1](_plan(tmp_path, strategy)))
    filled = [
        re.sub(r"\{\{\s*(?:args\.)?([\w-]+)\s*\}\}", lambda found: "5m" if found[1] == "interval" else "x", query)
        for query in _list_queries(documents)
    ]
    assert filled
    rules = [{"record": f"r{number}", "expr": query} for number, query in enumerate(filled)]
    path = tmp_path / "rules.yaml"
    path.write_text(json.dumps({"groups": [{"name": "hotfix", "rules": rules}]}))
    done = subprocess.run(["promtool", "check", "rules", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_argo_says_shares_pauses_and_thresholds(tmp_path: Path) -> None:
    """Each phase is a weight and a pause; each rollback line is a failure condition."""
    template, rollout = _read(EXPORTS["argo"][1](_plan(tmp_path, Strategy.CANARY)))
    assert rollout["spec"]["strategy"]["canary"]["steps"] == [
        {"setWeight": 10},
        {"pause": {"duration": "900s"}},
        {"setWeight": 50},
        {"pause": {"duration": "900s"}},
        {"setWeight": 100},
        {"pause": {"duration": "1800s"}},
    ]
    assert [
        (metric["name"], metric["interval"], metric["failureCondition"].partition("&& ")[2])
        for metric in template["spec"]["metrics"]
    ] == [
        ("error-ratio", "30s", "result[0] > 0.04"),
        ("p95-ratio", "30s", "result[0] > 1.8"),
        ("volume-ratio", "30s", "result[0] < 0.7"),
    ]


@pytest.mark.parametrize("tool", EXPORTS)
def test_metrics_are_those_of_the_configuration(tmp_path: Path, tool: str) -> None:
    """Where the project watches by Prometheus, address and names of the metrics are taken from there."""
    monitor = '[[deploy.monitor]]\nsource = "prometheus"\nurl = "http://prom:9090"\nnames = "istio"\ncounter = "hits"\n'
    stream = EXPORTS[tool][1](_plan(tmp_path, Strategy.CANARY, monitor=monitor))
    assert "http://prom:9090" in stream
    assert "where Prometheus answers" not in stream
    assert "hits{" in "".join(_list_queries(_read(stream)))
    assert "istio_request_duration_milliseconds_bucket{" in "".join(_list_queries(_read(stream)))


def test_flagger_says_shares_and_thresholds(tmp_path: Path) -> None:
    """Each phase is a step that lasts the watch of a phase; each rollback line bounds a metric."""
    analysis = _read(EXPORTS["flagger"][1](_plan(tmp_path, Strategy.CANARY)))[-1]["spec"]["analysis"]
    assert (analysis["interval"], analysis["stepWeights"]) == ("900s", [10, 50, 100])
    assert [metric["thresholdRange"] for metric in analysis["metrics"]] == [{"max": 0.04}, {"max": 1.8}, {"min": 0.7}]


@pytest.mark.parametrize("tool", EXPORTS)
def test_what_cannot_be_said_is_told(tmp_path: Path, tool: str) -> None:
    """The head names what the policy says and the tool cannot, and what is not known."""
    head = EXPORTS[tool][1](_plan(tmp_path, Strategy.CANARY)).partition("---\n")[0].replace("\n# ", " ")
    for words in (
        "raw ratios at each look",
        "at least 150 requests",
        "fatal errors",
        "deadlines of phases",
        "Not known:",
    ):
        assert words in head


def test_flagger_does_not_roll(tmp_path: Path) -> None:
    """A rolling rollout is refused with what to do."""
    with pytest.raises(UsageError, match="expected a strategy that Flagger knows, canary or blue-green, found rolling"):
        EXPORTS["flagger"][1](_plan(tmp_path, Strategy.ROLLING))


@pytest.mark.parametrize("tool", EXPORTS)
def test_hostile_names_stay_names(tmp_path: Path, tool: str) -> None:
    """A service named by logs becomes a name that Kubernetes takes, and ends no comment and no document."""
    stream = EXPORTS[tool][1](_plan(tmp_path, Strategy.CANARY, 'Pay "$(x)"\n---\nkind: Secret\x1b[2J'))
    assert {one["metadata"]["name"].split("-")[0] for one in _read(stream)} == {"pay"}
    assert "\x1b" not in stream


def test_unknown_service_is_refused(tmp_path: Path) -> None:
    """Nothing can be exported for a service that nobody names."""
    with pytest.raises(UsageError, match="expected a service that the diagnosis names"):
        EXPORTS["argo"][1](_plan(tmp_path, Strategy.CANARY, "…"))
