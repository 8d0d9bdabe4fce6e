"""What was understood becomes one command of hotfix, or is refused with what is missing."""

import pytest

from hotfix.agents.contract import Kind
from hotfix.agents.orders import Order, write_order
from hotfix.agents.request import Surroundings, read_request
from hotfix.core.errors import UsageError
from hotfix.model.agentfiles import Step

_KINDS = {"logs/": Kind.LOGS, "./orders": Kind.REPOSITORY, "./other": Kind.REPOSITORY, "hotfix.toml": Kind.CONFIG}


@pytest.mark.parametrize(
    ("step", "text", "words"),
    [
        (Step.DIAGNOSE, "what broke in logs/ since 03:10", "analyze logs/ --since 03:10:00"),
        (Step.DIAGNOSE, "logs/ of the last 2 hours, the shop service, ./orders, of 900 users",
         "analyze logs/ --last 2h --service shop --repo ./orders --users 900"),
        (Step.DIAGNOSE, "what broke in ./orders", "analyze ./orders --repo ./orders"),
        (Step.PATCH, "fix one in ./orders at tag v2", "patch one --repo ./orders --revision v2 --no-try"),
        (Step.TEST, 'test in ./orders with suite "make test"', "test last --repo ./orders --suite make test"),
        (Step.PLAN, "plan a canary by hotfix.toml", "deploy plan last --config hotfix.toml --strategy canary"),
        (Step.REVIEW, "review one", "rca one"),
    ],
)  # fmt: skip
def test_order_is_the_command_of_the_step(step: Step, text: str, words: str) -> None:
    """Every step is a command that a user could type."""
    assert " ".join(_order(step, text).words) == words


def test_patch_is_tried_by_whom_may_run_programs() -> None:
    """An agent with ``run`` has its candidates compiled and run in the sandbox."""
    assert _order(Step.PATCH, "fix it in ./orders", runs=True).words == ("patch", "last", "--repo", "./orders")


@pytest.mark.parametrize(
    ("step", "text", "said"),
    [
        (Step.DIAGNOSE, "what broke?", "expected the path of logs in the request, such as 'in logs/', found none"),
        (Step.PATCH, "fix it", "expected the path of a git repository or a bundle in the request, such as"),
        (
            Step.PATCH,
            "fix ./orders and ./other",
            "expected one repository in the request, found './orders' and './other'",
        ),
        (Step.DIAGNOSE, "logs/ since 3:00 and since 4:00", "expected one since in the request, found '3:00:00' and"),
    ],
)
def test_lacking_or_doubled_part_is_told(step: Step, text: str, said: str) -> None:
    """Nothing is guessed: what a step needs must be named, and once."""
    with pytest.raises(UsageError) as caught:
        _order(step, text)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    "text", ["roll out the fix", "Execute the rollout by hotfix.toml", "ship it", "roll it out now"]
)
def test_rollout_is_carried_out_when_request_and_user_say_so(text: str) -> None:
    """Both are needed; with the request alone there is a plan, and that is said."""
    assert _order(Step.PLAN, text, execute=True).words[:3] == ("deploy", "run", "last")
    planned = _order(Step.PLAN, text)
    assert planned.words[:3] == ("deploy", "plan", "last")
    assert "a rollout is only carried out with --execute: this is the plan of it" in planned.notes


@pytest.mark.parametrize("text", ["plan the rollout", "do not roll it out", "should we ship?", "never execute it"])
def test_doubtful_request_carries_nothing_out(text: str) -> None:
    """Without a plain word for it, or with one that takes it back, the user's leave alone moves no traffic."""
    with pytest.raises(UsageError, match=r"^--execute: expected a request that plainly asks for it"):
        _order(Step.PLAN, text, execute=True)


def test_only_a_coordinator_carries_out() -> None:
    """The leave to carry out a rollout means nothing to another step."""
    with pytest.raises(
        UsageError, match=r"^--execute: expected an agent whose step is plan, found one whose step is test$"
    ):
        _order(Step.TEST, "roll out in ./orders", execute=True)


def test_incident_that_is_not_named_is_the_last_one_and_that_is_said() -> None:
    """The command names the incident itself, so that another one that comes meanwhile is not taken."""
    assert _order(Step.REVIEW, "write it").notes == ("the request names no incident: it is the last one, last",)


def _order(step: Step, text: str, *, runs: bool = False, execute: bool = False) -> Order:
    around = Surroundings(("one",), _KINDS.get, lambda _path: "")
    return write_order(step, read_request(text, around), lambda name: name, runs=runs, execute=execute)
