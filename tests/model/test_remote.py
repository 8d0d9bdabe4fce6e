"""A server in the same network may stand in for a model file; it is asked over real HTTP and believed nothing."""

import pytest

from hotfix.model.addresses import find_address, read_url
from hotfix.model.catalogue import ModelServer
from hotfix.model.contract import Budget, Choice, Cost, ModelError, Progress, Prompt
from hotfix.model.remote import RemoteEngine
from tests.model.server import Server, serve, stream

_PROMPT = Prompt("You judge.", "E1 disk full", "Why?")
_SCHEMA = {
    "type": "object",
    "properties": {"cause": {"type": "string", "enum": ["disk_full", "unknown"]}},
    "required": ["cause"],
    "additionalProperties": False,
}
_USAGE: dict[str, object] = {
    "prompt_tokens": 40,
    "completion_tokens": 5,
    "prompt_tokens_details": {"cached_tokens": 30},
}
_ANSWER = stream(['{"cause":', ' "disk_full"', "}"], usage=_USAGE)


def _open(server: Server, key: str | None = None) -> RemoteEngine:
    return RemoteEngine("lan", ModelServer(f"http://127.0.0.1:{server.port}/v1", "large"), key)


def test_answer_comes_with_what_it_took() -> None:
    """The streamed text is checked against the schema, and tokens are counted as the server tells them."""
    with serve(Server(_ANSWER)) as server:
        engine = _open(server, "secret")
        answer = engine.answer(_PROMPT, _SCHEMA, Budget())
    cost = answer.cost
    assert answer.value == {"cause": "disk_full"}
    assert (cost.calls, cost.prompt_tokens, cost.reused_tokens, cost.output_tokens) == (1, 40, 30, 5)
    assert 0 < cost.first_token_s <= cost.seconds
    assert (engine.spent.calls, engine.spent.prompt_tokens, server.keys) == (1, 40, ["Bearer secret"])


def test_request_holds_the_schema_the_seed_and_the_bounds() -> None:
    """The server is told the shape of the answer, a fixed seed and the most tokens, and gets no key that nobody set."""
    with serve(Server(_ANSWER)) as server:
        _open(server).answer(_PROMPT, _SCHEMA, Budget(output_tokens=50))
    (asked,) = server.requests
    assert asked["path"] == "/v1/chat/completions"
    assert asked["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "strict": True, "schema": _SCHEMA},
    }
    assert (asked["max_tokens"], asked["stream"], isinstance(asked["seed"], int)) == (50, True, True)
    assert asked["messages"] == [
        {"role": "system", "content": "You judge."},
        {"role": "user", "content": "E1 disk full\n\nWhy?"},
    ]
    assert server.keys == [None]


def test_choice_is_the_label_that_was_picked() -> None:
    """A server tells no likelihoods: the label that it picks has a share of one."""
    with serve(Server(stream(['{"label": "b"}']))) as server:
        choice = _open(server).choose(_PROMPT, ["a", "b"], Budget())
    assert (choice.shares, choice.best) == ({"a": 0.0, "b": 1.0}, "b")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (stream(["disk full"]), "expected JSON of the model server, found 'disk full'"),
        (stream(['{"cause": "aliens"}']), "expected one of disk_full, unknown, found 'aliens'"),
        (stream(['{"cause": "unk'], "length"), "expected an answer of at most 300 tokens, found one that goes on"),
        (_ANSWER.removesuffix(b"data: [DONE]\n\n"), r"found ConnectionError: it broke off before \[DONE\]"),
        (b"data: {\n\n", "expected an answer of the model server at 127.0.0.1:.*, found JSONDecodeError"),
        (b":" * 5_000_000 + b"\n", "expected an answer of less than 4,194,304 bytes"),
    ],
)
def test_what_is_no_answer_is_told(body: bytes, reason: str) -> None:
    """Free text, another value, an answer cut by length, a broken stream and a flood are each told in one sentence."""
    with serve(Server(body)) as server, pytest.raises(ModelError, match=reason):
        _open(server).answer(_PROMPT, _SCHEMA, Budget())


def test_refusal_and_redirect_of_a_server_are_told_and_not_followed() -> None:
    """A status other than 200 is an end: nothing is sent to where a server points."""
    with (
        serve(Server(_ANSWER)) as other,
        serve(Server(b"gone", 307, location=f"http://127.0.0.1:{other.port}/")) as server,
    ):
        with pytest.raises(
            ModelError, match=r"expected status 200 of the model server at 127.0.0.1:.*, found 307: gone"
        ):
            _open(server).answer(_PROMPT, _SCHEMA, Budget())
        assert other.requests == []


def test_server_that_says_nothing_is_left_at_the_deadline() -> None:
    """A server that stalls in the middle of an answer costs no more than the seconds of the budget."""
    with serve(Server(_ANSWER[:80], stalls=True)) as server:
        engine = _open(server)
        with pytest.raises(ModelError, match=r"expected an answer of the model server at .*, found none within 0\.5 s"):
            engine.answer(_PROMPT, _SCHEMA, Budget(seconds=0.5))
        with pytest.raises(ModelError, match=r"expected at most 0\.5 s of a model, found [\d.]+ s used up"):
            engine.answer(_PROMPT, _SCHEMA, Budget(seconds=0.5))


def test_nobody_listening_is_told() -> None:
    """A port where nothing listens is told with its address."""
    with serve(Server(b"")) as server:
        pass
    with pytest.raises(ModelError, match=f"127.0.0.1:{server.port}, found ConnectionRefusedError"):
        _open(server).answer(_PROMPT, _SCHEMA, Budget())


def test_budgets_are_kept_before_anything_is_sent() -> None:
    """Too much evidence and too many calls are refused with both numbers, and the server hears nothing of them."""
    with serve(Server(_ANSWER)) as server:
        engine = _open(server)
        with pytest.raises(ModelError, match="expected at most 2 tokens of evidence, found about 4"):
            engine.answer(_PROMPT, _SCHEMA, Budget(evidence_tokens=2))
        engine.answer(_PROMPT, _SCHEMA, Budget(calls=1))
        with pytest.raises(ModelError, match="expected at most 1 calls of a model, found one more wanted"):
            engine.answer(_PROMPT, _SCHEMA, Budget(calls=1))
    assert len(server.requests) == 1


def test_progress_is_told_while_the_answer_comes() -> None:
    """Each part of an answer is told as it comes."""
    told: list[Progress] = []
    with serve(Server(_ANSWER)) as server:
        place = ModelServer(f"http://127.0.0.1:{server.port}/v1", "large")
        RemoteEngine("lan", place, on_progress=told.append).answer(_PROMPT, _SCHEMA, Budget())
    assert [(one.phase, one.done, one.total) for one in told] == [("writing", done, 300) for done in (1, 2, 3)]


@pytest.mark.parametrize("url", ["http://8.8.8.8/v1", "http://169.254.169.254/v1", "http://[2001:4860::1]/v1"])
def test_address_outside_of_private_networks_needs_permission(url: str) -> None:
    """Public addresses, and the link-local one of cloud metadata, are refused unless the user allows them."""
    with pytest.raises(ModelError, match=r"to be this host or in a private network, found .*--allow-public"):
        find_address(read_url(url), public=False)
    assert find_address(read_url(url), public=True)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://10.1.2.3/v1", "https://192.168.0.9/v1", "http://[fd00::1]/"]
)
def test_private_address_is_allowed(url: str) -> None:
    """This host and private networks are the house."""
    assert find_address(read_url(url), public=False)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://10.0.0.1/v1",
        "10.0.0.1:80",
        "http:///v1",
        "http://u:p@10.0.0.1/",
        "http://10.0.0.1/?a=1",
        "http://x:99999/",
    ],
)
def test_what_is_no_url_of_a_server_is_refused(url: str) -> None:
    """Another scheme, no host, a password, a query and an impossible port are refused."""
    with pytest.raises(ModelError, match="expected a URL like http://host:8080/v1, found"):
        read_url(url)


def test_costs_add_up() -> None:
    """Costs of several calls are added field by field."""
    assert Cost(1, 2, 3, 4, 0.5, 0.25) + Cost(1, 1, 1, 1, 1.0, 1.0) == Cost(2, 3, 4, 5, 1.5, 1.25)
    assert Choice({"a": 0.1, "b": 0.9}).best == "b"
