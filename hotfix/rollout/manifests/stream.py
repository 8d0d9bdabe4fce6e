"""Writes documents as a YAML stream with comments at its head. JSON is YAML: nothing needs quoting rules of its own."""

import json
import re
import textwrap
from collections.abc import Mapping, Sequence

from hotfix.core.errors import UsageError
from hotfix.core.plain import tame
from hotfix.rollout.plan.contract import Plan

Document = Mapping[str, object]

_COLUMNS = 118
_NAME_LENGTH = 50
"""Characters of a name: Kubernetes allows 63, and controllers add to it."""


def render_stream(remarks: Sequence[str], documents: Sequence[Document]) -> str:
    """Return the documents one after the other, each as JSON, below the remarks as comments."""
    lines = [line for said in remarks for line in textwrap.wrap(tame(said), _COLUMNS)]
    head = "".join(f"# {line}\n" for line in lines)
    return head + "".join(f"---\n{json.dumps(one, indent=2)}\n" for one in documents)


def name_service(plan: Plan) -> str:
    """Return the service's name as Kubernetes allows it (RFC 1123 label).

    Raises:
        UsageError: the diagnosis names no service.
    """
    name = re.sub(r"[^a-z0-9]+", "-", (plan.findings.service or "").lower())[:_NAME_LENGTH].strip("-")
    if not name:
        raise UsageError("expected a service that the diagnosis names, to export a manifest for, found none")
    return name


def weigh_share(share: float) -> int:
    """Return a share in whole percent, at least one: neither tool knows smaller parts."""
    return max(1, round(share * 100))


def say_seconds(seconds: float) -> str:
    """Return a span as both tools read it."""
    return f"{max(1, round(seconds))}s"
