"""From a proposal to `patch.diff`, `patch.md` and the JSON of `hotfix patch`; what comes from logs or code is inert."""

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hotfix.core.errors import UsageError
from hotfix.core.facts import Analysis, Severity
from hotfix.core.files import write_whole
from hotfix.core.settings import EXCERPT_COLUMNS
from hotfix.learn.clock import Phase, say_against
from hotfix.repair.contract import PATCH_DIFF, PATCH_JSON, PATCH_MD, Candidate, Choice, Edit, Judged, Proposal
from hotfix.report.markdown import code, fence, finish
from hotfix.report.plain import shorten
from hotfix.report.templating import Filter, fill_template

_ADVICE = {
    Choice.ROLLBACK: "Roll back to the release before.",
    Choice.REVERT: "Take the suspect commit back and release that.",
    Choice.PATCH: "Go forward with a patch.",
    Choice.CONFIG: "Set a setting first, and leave the code alone until then.",
    Choice.WAIT: "Change nothing in this repository now.",
}

_PATCH_IS_FOR = {
    Choice.ROLLBACK: " The patch below is for the release after it.",
    Choice.CONFIG: " The patch below is for the code that could not bear it.",
}
"""What a patch is good for where something else is to be done first."""


@dataclass(frozen=True, slots=True)
class Check:
    """One point of the safety checklist."""

    point: str
    answer: str  # "yes", "no" or "open"
    why: str


@dataclass(frozen=True, slots=True)
class Hunk:
    """One place of a file before and after."""

    line: int  # 1-based, of the file before
    before: str
    after: str


def write_patch(folder: Path, analysis: Analysis, proposal: Proposal, seconds: float) -> tuple[Path, ...]:
    """Write `patch.diff`, `patch.md` and `patch.json` into the incident folder; without a patch the old diff goes.

    Raises:
        UsageError: the folder cannot be written.
        RuleError: the template is missing.
    """
    best = proposal.best
    contents: dict[str, str | bytes] = {
        PATCH_MD: render_patch_document(analysis, proposal, seconds),
        PATCH_JSON: render_patch_json(proposal, folder, seconds),
    }
    if best is not None:
        contents[PATCH_DIFF] = best.candidate.diff
    try:
        (folder / PATCH_DIFF).unlink(missing_ok=True)
        for name, content in contents.items():
            write_whole(folder / name, content)
    except OSError as error:
        raise UsageError(f"expected a folder that can be written at {folder}, found: {error.strerror}") from None
    return tuple(folder / name for name in contents)


def render_patch_json(proposal: Proposal, folder: Path, seconds: float) -> str:
    """Return what ``hotfix patch --json`` prints: one object, ASCII only."""
    best = proposal.best
    whole = {
        "decision": proposal.decision.choice,
        "reason": proposal.decision.reason,
        "irreversible": list(proposal.decision.irreversible),
        "rung": best.candidate.rung if best else "none",
        "mitigation_only": best.candidate.mitigation if best else False,
        "patch": str(folder / PATCH_DIFF) if best else None,
        "files": _list_files(best.candidate) if best else [],
        "suspects": [
            {
                "commit": one.commit,
                "subject": one.subject,
                "path": one.path,
                "line": one.line,
                "score": one.score,
                "reasons": list(one.reasons),
            }
            for one in proposal.suspects
        ],
        "gates": _list_gates(best) if best else [],
        "skipped": list(proposal.skipped),
        "incident": proposal.incident,
        "base": proposal.base,
        "candidates": [_describe(one) for one in proposal.judged],
        "frames": [
            {"evidence": one.evidence, "path": one.path, "line": one.line, "function": one.function}
            for one in proposal.frames
        ],
        "notes": list(proposal.notes),
        "seconds": round(seconds, 3),
    }
    return json.dumps(whole, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def render_patch_document(analysis: Analysis, proposal: Proposal, seconds: float) -> str:
    """Return the patch document as Markdown: what to do first, then the patch and what is known of its safety."""
    best, choice = proposal.best, proposal.decision.choice
    values = {
        "analysis": analysis,
        "proposal": proposal,
        "decision": proposal.decision,
        "advice": _ADVICE[choice] + (_PATCH_IS_FOR.get(choice, "") if best else ""),
        "best": best,
        "candidate": best.candidate if best else None,
        "hunks": [(edit, list(_split_hunks(edit))) for edit in best.candidate.edits] if best else [],
        "checks": list(_check(best)) if best else [],
        "risk": _rate_risk(best, proposal) if best else None,
        "others": [one for one in proposal.judged if one is not best],
        "clock": say_fix_clock(analysis, seconds),
        "diff": PATCH_DIFF,
    }
    filters: dict[str, Filter] = {
        "code": code,
        "fence": fence,
        "short": lambda text: shorten(text, EXCERPT_COLUMNS),
        "id": lambda commit: commit[:12],
    }
    return fill_template(PATCH_MD, values, filters, finish)


def say_fix_clock(analysis: Analysis, seconds: float) -> str:
    """Return how long the fix took to find against the target of the severity."""
    severity = analysis.incident.severity if analysis.incident else Severity.P3
    return say_against(seconds, Phase.FIX, severity)


def _list_files(candidate: Candidate) -> list[dict[str, str | int]]:
    return [{"path": one.path, "added": one.added, "removed": one.removed} for one in candidate.files]


def _list_gates(judged: Judged) -> list[dict[str, str | bool]]:
    return [
        {"gate": one.gate, "passed": one.passed, "checked": one.checked, "detail": one.detail} for one in judged.gates
    ]


def _describe(judged: Judged) -> dict[str, object]:
    candidate = judged.candidate
    return {
        "rung": candidate.rung,
        "passed": judged.passed,
        "mitigation_only": candidate.mitigation,
        "rationale": candidate.rationale,
        "files": _list_files(candidate),
        "refused_by": [f"{gate.gate}: {gate.detail}" for gate in judged.gates if not gate.passed],
        "diff": candidate.diff.decode(errors="replace"),
    }


def _split_hunks(edit: Edit) -> Iterator[Hunk]:
    """Yield the changed places of a file with three lines around each."""
    before = (edit.before or b"").decode(errors="replace").splitlines()
    after = (edit.after or b"").decode(errors="replace").splitlines()
    for group in difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_grouped_opcodes(3):
        old, new = slice(group[0][1], group[-1][2]), slice(group[0][3], group[-1][4])
        yield Hunk(old.start + 1, "\n".join(before[old]), "\n".join(after[new]))


def _check(judged: Judged) -> Iterator[Check]:
    """Yield the eight points of the safety checklist (SPEC, patch)."""
    gates, candidate = {gate.gate: gate for gate in judged.gates}, judged.candidate
    lines = sum(file.added + file.removed for file in candidate.files)
    back = candidate.rung == "revert"

    def of(point: str, gate: str, why: str = "") -> Check:
        return Check(point, "yes" if gates[gate].passed else "no", why or gates[gate].detail)

    yield of("minimal change", "small", f"{lines} lines in {len(candidate.files)} files")
    yield (
        Check("backwards compatible", "open", "what clients began to use since that commit is gone again")
        if back
        else of("backwards compatible", "signatures")
    )
    guards = candidate.rung in {"fixer:missing_value", "fixer:missing_key", "fixer:bounds"}
    yield Check(
        "null safe",
        "yes" if guards or back else "open",
        "the code that failed on it is gone"
        if back
        else candidate.rationale
        if guards
        else "not what this patch is about",
    )
    yield of("error handling", "no swallowed error")
    logs = [one for one in candidate.measures if one.startswith(("logs ", "no log line"))]
    yield Check(
        "logging", "yes" if any(one.startswith("logs") for one in logs) else "open", logs[0] if logs else "as before"
    )
    yield of("no side effects", "nothing foreign")
    yield of("rollback plan", "applies and reverses")
    yield Check("performance", "open", "compared by hotfix test")


def _rate_risk(judged: Judged, proposal: Proposal) -> tuple[str, str]:
    """Return level and reason."""
    if proposal.decision.irreversible:
        return "high", f"stored data changed as well: {proposal.decision.irreversible[0]}"
    if judged.candidate.mitigation:
        return "medium", "it stops the harm and leaves the cause"
    if judged.candidate.rung == "revert":
        return "low", "this code ran before; what the commit brought is lost"
    return "low", "few lines, at the place that failed"
