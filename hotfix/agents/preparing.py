"""From a request to what is ready to run: all is understood, found and allowed before anything is done."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hotfix.agents.contract import Request
from hotfix.agents.orders import Order, write_order
from hotfix.agents.places import look_up, suggest_path
from hotfix.agents.request import Surroundings, read_request
from hotfix.agents.rights import Hold, check_tools, choose_hold
from hotfix.flow.places import name_incident
from hotfix.model.agentfiles import Agent, Tool
from hotfix.report.incidentfolders import INCIDENTS, REPORT, find_incident_folder


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user allows beside the request."""

    execute: bool = False  # a rollout, if the request asks for it
    unconfined: bool = False  # to go on where nothing can hold the agent


@dataclass(frozen=True, slots=True)
class Prepared:
    """An order of an agent, and what it is done with."""

    agent: Agent
    request: Request
    order: Order
    hold: Hold
    temporary: Path  # a folder that is removed at the end

    @property
    def draft(self) -> Path:
        """The folder into which a diagnosis writes, while nobody knows what the incident is called."""
        return self.temporary / "incident"


@contextmanager
def prepare(agent: Agent, text: str, choices: Choices) -> Iterator[Prepared]:
    """Yield what an agent is about to do.

    Raises:
        UsageError: the request is not understood, the agent may not do it, or nothing here can hold it.
        InputError: the request names an incident that there is not.
    """
    ids = tuple(sorted(path.parent.name for path in INCIDENTS.glob(f"*/{REPORT}")))
    request = read_request(text, Surroundings(ids, look_up, suggest_path))
    runs = Tool.RUN in agent.tools
    order = write_order(agent.step, request, _name_incident, runs=runs, execute=choices.execute)
    check_tools(agent, request, order)
    with tempfile.TemporaryDirectory(prefix="hotfix-agent-", ignore_cleanup_errors=True) as name:
        documents = (find_incident_folder(order.incident),) if order.incident else ()
        hold = choose_hold(agent, order, (*documents, Path(name)), unconfined=choices.unconfined)
        yield Prepared(agent, request, order, hold, Path(name))


def _name_incident(said: str) -> str:
    return name_incident(find_incident_folder(said))
