"""What a server writes at error level about clients that asked amiss is no harm; its own errors beside it are."""

import numpy as np
import pytest

from hotfix.core.facts import Metric
from hotfix.signal.changes import find_changes
from hotfix.signal.clientwords import says_client_fault
from tests.signal.incidents import PATHS, Log, describe


def _scan(text: str) -> set[Metric]:
    """Return what rose at a server whose clients, or itself, brought sixty errors within five minutes."""
    log = Log(8, 3600)
    log.serve(log.spread(2), service="web").write(np.sort(log.rng.uniform(0, 3600, 8)), text, "error", "web")
    log.write(1500 + np.sort(log.rng.uniform(0, 300, 60)), text, "error", "web")
    records = log.records()
    return {change.metric for change in find_changes(records, describe(records), PATHS)}


def test_scan_by_a_client_is_no_rise_of_errors() -> None:
    """Refusals are still a message that came more often, but no errors of the server."""
    assert Metric.ERROR_RATIO not in _scan("AH01630: client denied by server configuration: /srv/<*>")


def test_the_servers_own_errors_are_a_rise() -> None:
    """The same number of errors in other words is one."""
    assert Metric.ERROR_RATIO in _scan("AH00037: cannot read /srv/<*>: permission denied")


@pytest.mark.parametrize(
    ("text", "amiss"),
    [
        ("access forbidden by rule, client: <*>, server: example.org", True),
        ("Invalid user <*> from <*> port <*>", True),
        ('open() "/srv/www/index.html" failed (13: Permission denied), client: <*>', False),
        ("SSL_do_handshake() failed (SSL: error:0A000415) while SSL handshaking, client: <*>", False),
        ("upstream timed out (110: Connection timed out), client: <*>", False),
    ],
)
def test_words_tell_whose_fault_it_is(text: str, amiss: bool) -> None:  # noqa: FBT001
    """Refused for a rule or as no request: the client's; files, rights and handshakes: perhaps the server's."""
    assert says_client_fault(text) is amiss
