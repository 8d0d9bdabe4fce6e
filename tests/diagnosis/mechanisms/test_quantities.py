"""Numbers of a record are read with the words that name them; ids, versions and times are not."""

from datetime import UTC, datetime

import pytest

from hotfix.core.facts import Place
from hotfix.diagnosis.mechanisms.messages import Entry, find_message, read_fields
from hotfix.diagnosis.mechanisms.quantities import read_quantities, read_text

_CASES = [
    ("heap used 310 MB of 2,048 MB", {"heap used <*> MB": 310 * 2**20, "of <*> MB": 2048 * 2**20}),
    ("pool stats: active=20 max=20", {"active=<*>": 20, "max=<*>": 20}),
    ("disk /var usage 97.5%", {"usage <*>%": 97.5}),
    ("open files 812/1024", {"open files <*>": 812, "open files of <*>": 1024}),
    ("volume 12% used", {"volume <*>% used": 12}),
    ("done in 1.5 s", {"done in <*> s": 1500}),
    ("wrote 40 buffers", {"wrote <*> buffers": 40}),
    ("listening on 10.0.0.7:8080, version 2.14.0", {}),
    ("order 9251 placed by user 7", {}),
    ("worker pid: 98 at 2026-03-04 09:00:01,123", {}),
    ("block blk_-1608999687919862906 terminating", {}),
    ("request=b9337f93122fab6b", {}),
]


@pytest.mark.parametrize(("text", "expected"), _CASES)
def test_names_and_values(text: str, expected: dict[str, float]) -> None:
    """Sizes become bytes, spans milliseconds; each number is named by the words around it."""
    assert {one.name: one.value for one in read_text(text)} == expected


def test_fields_of_json_and_the_message_inside() -> None:
    """A JSON record gives its numeric fields, inner ones by their path, and the numbers of its message."""
    text = '{"ts":"2026-03-04T09:00:00Z","db":{"open":17},"msg":"queue depth 5","id":4711}'
    fields = read_fields(text)
    entry = Entry(datetime(2026, 3, 4, tzinfo=UTC), "a", None, "T1", text, "queue depth 5", fields, Place("f", 1, 1))
    assert {one.name: one.value for one in read_quantities(entry)} == {"db.open=<*>": 17, "queue depth <*>": 5}


@pytest.mark.parametrize(
    ("text", "template", "message"),
    [
        ("2026-03-04 09:00:00 INFO a.b: took 12 ms for 3 rows", "took <*> ms for <*> rows", "took 12 ms for 3 rows"),
        ("Mar 4 host app[3]: 7 items left", "<*> items left", "7 items left"),
        ("4 Mar com.acme.Main main\nINFO: Loaded 7 categories", "Loaded <*> categories", "Loaded 7 categories"),
        ("nothing of the kind", "Loaded <*> categories", "nothing of the kind"),
    ],
)
def test_message_inside_a_record(text: str, template: str, message: str) -> None:
    """The message is what the template describes, without the header, also below a head line."""
    assert find_message(text, template) == message
