"""Asks a Prometheus (or what answers as it does) one query: PromQL comes in, numbers with their labels go out.

Whatever is not a whole, sure answer is `UnansweredError`: no answer, a refusal, a partial one, one that is no number.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from hotfix.core.plain import tame
from hotfix.rollout.monitor.limits import ANSWER_BYTES_MOST

_REASON_LETTERS = 200
_INFO = "PromQL info"
"""Begins remarks on how a query is written, which some versions send among the warnings."""


class UnansweredError(Exception):
    """The question has no answer that can be relied on; the message says why."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One series of an answer."""

    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class PromClient:
    """Where to ask, and how long to wait. No proxy of the environment is used."""

    url: str  # without /api
    timeout_s: float
    token_file: Path | None = None  # holds a bearer token

    def ask(self, query: str, at_s: float) -> Sequence[Sample]:
        """Return the series that a query gives for a Unix time.

        Raises:
            UnansweredError: there is no whole answer of numbers.
        """
        answer = self._fetch(urlencode({"query": query, "time": f"{at_s:.3f}"}).encode())
        try:
            return _read_answer(json.loads(answer))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise UnansweredError(f"expected an answer of Prometheus, found {_say(answer)}") from None

    def ask_number(self, query: str, at_s: float) -> float | None:
        """Return the one number that a query gives; None where there is none.

        Raises:
            UnansweredError: as `ask`, or there are several.
        """
        found = self.ask(query, at_s)
        if len(found) > 1:
            raise UnansweredError(f"expected one number for {query}, found {len(found)} series")
        return found[0].value if found else None

    def _fetch(self, form: bytes) -> bytes:
        try:
            request = Request(f"{self.url.rstrip('/')}/api/v1/query", form, self._list_headers())  # noqa: S310  # http(s)
            with build_opener(ProxyHandler({})).open(request, timeout=self.timeout_s) as response:
                answer: bytes = response.read(ANSWER_BYTES_MOST + 1)
        except HTTPError as error:
            with error:
                raise UnansweredError(f"HTTP {error.code}: {_find_reason(error)}") from None
        except (OSError, HTTPException, ValueError) as error:
            raise UnansweredError(_say(str(getattr(error, "reason", error) or type(error).__name__))) from None
        if len(answer) > ANSWER_BYTES_MOST:
            raise UnansweredError(f"an answer of more than {ANSWER_BYTES_MOST:,} bytes")
        return answer

    def _list_headers(self) -> dict[str, str]:
        if self.token_file is None:
            return {}
        try:
            token = self.token_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise UnansweredError(f"{self.token_file}: {error.strerror}") from None
        return {"Authorization": f"Bearer {token}"}


def _read_answer(answer: object) -> Sequence[Sample]:
    if not isinstance(answer, dict) or answer["status"] not in {"success", "error"}:
        raise TypeError
    if answer["status"] == "error":
        raise UnansweredError(f"refused: {_say(str(answer.get('error', 'no reason is given')))}")
    if warnings := [one for one in answer.get("warnings") or () if not str(one).startswith(_INFO)]:
        raise UnansweredError(f"a partial answer: {_say(str(warnings[0]))}")
    kind, result = answer["data"]["resultType"], answer["data"]["result"]
    if kind == "scalar":
        return [_read_sample({}, result)]
    if kind != "vector":
        raise UnansweredError(f"expected a query of one time, found a {_say(str(kind))}")
    return [_read_sample(one["metric"], one["value"]) for one in result]


def _read_sample(labels: Mapping[str, str], value: object) -> Sample:
    if not isinstance(value, list):
        raise TypeError
    _at, text = value
    number = float(text)
    if not math.isfinite(number):
        raise UnansweredError(f"expected a number, found {text}")
    return Sample(labels, number)


def _find_reason(error: HTTPError) -> str:
    try:
        body = error.read(ANSWER_BYTES_MOST)
        return _say(str(json.loads(body)["error"]))
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return _say(error.reason)


def _say(text: str | bytes) -> str:
    said = text.decode(errors="replace") if isinstance(text, bytes) else text
    return tame(said[:_REASON_LETTERS])
