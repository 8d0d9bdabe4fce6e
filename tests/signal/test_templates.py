"""Which messages share a template, and what is known of it."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotfix.core.schema import PATTERNS, RECORDS, TEMPLATES
from hotfix.ingest.digest import DIGEST, digest_records
from hotfix.signal.masks import WILDCARD, mask_messages
from hotfix.signal.templates import (
    MINED,
    assign_templates,
    mine_templates,
    name_template,
    read_variables,
    summarise_templates,
)

_START = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
_NAMES = ["ada", "grace", "edsger", "barbara", "donald", "tony", "john", "leslie", "niklaus", "frances"]


def _collect(messages: Sequence[str]) -> pl.DataFrame:
    """Return PATTERNS as reading would collect them."""
    masked = pl.DataFrame({"text": mask_messages(pl.Series(messages, dtype=pl.String)), "sample": messages})
    distinct = masked.group_by("text", maintain_order=True).agg(pl.col("sample").first(), pl.len().alias("count"))
    numbered = distinct.with_row_index("pattern").with_columns(format=pl.lit("plain"), file_id=0, line=1)
    return numbered.select(PATTERNS.names()).cast(PATTERNS)


def _mine(*messages: str) -> list[str]:
    """Return the different templates of messages, sorted."""
    return mine_templates(_collect(messages))["text"].unique().sort().to_list()


def test_a_word_of_many_values_is_a_variable() -> None:
    """What stands where many words were seen varies; the words around it stay."""
    assert _mine(*(f"session opened for user {name} by uid=0" for name in _NAMES)) == [
        "session opened for user <*> by uid=<*>"
    ]


@pytest.mark.parametrize("count", [2, 3])
def test_a_word_of_few_values_lists_choices(count: int) -> None:
    """Two or three words in one place are different messages, as `connected` and `disconnected`."""
    states = ("connected", "disconnected", "throttled")[:count]
    messages = [f"client {number} is now {state} from broker" for number in range(9) for state in states]
    assert _mine(*messages) == sorted(f"client <*> is now {state} from broker" for state in states)


def test_states_and_errors_stay_apart() -> None:
    """Words in capitals, and names of errors, are told apart even when there are many."""
    states = ["NEW", "INITED", "RUNNING", "FAILED", "KILLED", "SUCCEEDED"]
    errors = ["IOError", "TimeoutException", "java.lang.NullPointerException", "KeyError", "ValueError"]
    assert _mine(*(f"job {n} went from state {state}" for n, state in enumerate(states))) == sorted(
        f"job <*> went from state {state}" for state in states
    )
    assert _mine(*(f"request {n} failed with {error}" for n, error in enumerate(errors))) == sorted(
        f"request <*> failed with {error}" for error in errors
    )


def test_reasons_of_several_words_stay_apart() -> None:
    """Words that vary together say different things, where one word alone would be a variable."""
    reasons = ["connection refused", "host unreachable", "socket closed", "name unknown", "buffer full"]
    messages = [f"cannot reach /srv/{name}: {reason}" for name in _NAMES for reason in reasons]
    assert _mine(*messages) == sorted(f"cannot reach <*>: {reason}" for reason in reasons)


def test_a_variable_may_have_two_words() -> None:
    """A name of two or three words does not split the template, although it makes the message longer."""
    messages = [f"mail to {name} was sent" for name in (*_NAMES, "Ada Lovelace", "Edsger Wybe Dijkstra")]
    assert _mine(*messages) == ["mail to <*> was sent"]


def test_a_longer_message_of_its_own_words_is_no_longer_variable() -> None:
    """Words that are part of other templates are not taken for a value."""
    failed = [f"Failed password for {name} from 10.0.0.1" for name in _NAMES]
    invalid = [f"Invalid user {name} from 10.0.0.1" for name in _NAMES]
    assert _mine(*failed, *invalid, "Failed password for invalid user from 10.0.0.1") == [
        "Failed password for <*> from <*>",
        "Failed password for invalid user from <*>",
        "Invalid user <*> from <*>",
    ]


def test_a_list_may_have_any_length() -> None:
    """The same sort of value once or many times in a row is one variable."""
    blocks = ["blk_" + " blk_".join(map(str, range(1, size))) for size in (2, 3, 4, 9)]
    assert _mine(*(f"asked node-7 to delete {block}" for block in blocks)) == ["asked node-<*> to delete <*>"]


def test_a_value_may_be_empty() -> None:
    """Empty brackets, and nothing after a sign of equality, are a value like others."""
    hosts = ["a.example.org", "b.example.org", ""]
    assert _mine(*(f"connection from 10.0.0.1 ({host}) rhost={host}" for host in hosts)) == [
        "connection from <*> (<*>) rhost=<*>"
    ]


def test_frequent_routes_keep_a_template_where_a_scanner_tries_many() -> None:
    """A route that is called often has a template of its own; paths tried once are joined."""
    rng = random.Random(5)  # a seed, no secret
    tried = {f"GET /{rng.choice(_NAMES)}/{rng.choice(_NAMES)}/{rng.choice(_NAMES)}.php" for _ in range(400)}
    patterns = _collect([*sorted(tried), *["GET /pay"] * 50, *["GET /cart/7"] * 30])
    assert mine_templates(patterns)["text"].unique().sort().to_list() == ["GET /cart/<*>", "GET /pay", "GET <*>"]


def test_messages_with_nothing_in_common_stay_apart() -> None:
    """As many words make no template."""
    messages = ["disk is full", "checkpoint not found", "leader was elected", "cache flushed twice"]
    assert _mine(*messages) == sorted(messages)


def test_other_scripts_are_words_too() -> None:
    """A template is found in any language."""
    names = ["张三", "李四", "王五", "赵六", "孙七"]
    assert _mine(*(f"用户 {name} 在 门户 登录 失败 {n} 次" for n, name in enumerate(names))) == [
        "用户 <*> 在 门户 登录 失败 <*> 次"
    ]


def test_nothing_gives_nothing() -> None:
    """No pattern gives no template, and no record gives no row."""
    mined = mine_templates(PATTERNS.to_frame())
    assert (mined.schema, len(mined)) == (MINED, 0)
    summary = summarise_templates(DIGEST.to_frame(), mined)
    assert (summary.schema, len(summary)) == (TEMPLATES, 0)


def test_an_empty_message_is_a_template() -> None:
    """A record without words is counted like any other."""
    assert _mine("", "x") == ["", "x"]


def test_a_message_of_50000_characters_is_read_to_a_bound() -> None:
    """A flood of words, and a word without end, take a template of bounded length that still fits the message."""
    rng = random.Random(3)  # a seed, no secret
    for message in (" ".join(rng.choice(_NAMES) for _ in range(8000)), "payload " + "ab" * 25000, "x" * 50000):
        (text,) = _mine(message)
        assert len(text) < 2100
        assert read_variables(text, pl.Series([message]))["0"].null_count() == 0


_WORDS = st.sampled_from(
    [*_NAMES, "GET", "ok", "failed", "a.b.C", "/srv/x", "7", "10.0.0.1", "ms", "NEW", "<*>", "é用"]
)
_GLUE = st.sampled_from([" ", " ", " ", "=", ": ", " (", ") ", '"', "...", ", "])
_MESSAGE = st.lists(st.tuples(_WORDS, _GLUE), max_size=9).map(
    lambda parts: "".join(word + glue for word, glue in parts)
)


@given(st.lists(_MESSAGE, max_size=30), st.randoms(use_true_random=False))
def test_templates_do_not_depend_on_the_order_of_messages(messages: list[str], rng: random.Random) -> None:
    """The same messages in another order have the same templates and ids."""
    patterns = _collect(messages)
    order = list(range(len(patterns)))
    rng.shuffle(order)
    assert mine_templates(patterns[order]).sort("pattern").equals(mine_templates(patterns).sort("pattern"))


@given(st.lists(_MESSAGE, min_size=1, max_size=30))
def test_every_message_fits_its_template(messages: list[str]) -> None:
    """The values read at the wildcards, put back into the template, are the message again but for white space."""
    patterns = _collect(messages)
    mined = patterns.join(mine_templates(patterns).rename({"text": "template"}), on="pattern")
    for template, message in mined.select("template", "sample").rows():
        values = read_variables(template, pl.Series([message]))
        pieces = template.split(WILDCARD)
        assert values.width == len(pieces) - 1
        filled = pieces[0] + "".join(value + piece for value, piece in zip(values.row(0), pieces[1:], strict=True))
        assert "".join(filled.split()) == "".join(message.split())


def test_an_id_is_the_hash_of_the_text() -> None:
    """An id is the same on every run and machine, as a report of last year still says it."""
    assert name_template("session opened for user <*>") == "T57828b5710"


def test_values_are_read_back_as_they_were_written() -> None:
    """Each wildcard is a column; a message that does not fit has no values."""
    messages = pl.Series(["took 12.5ms  for  GET /cart/9", "took -3 for a b (c)", "something else", None])
    assert read_variables("took <*> for <*>", messages).rows() == [
        ("12.5ms", "GET /cart/9"),
        ("-3", "a b (c)"),
        (None, None),
        (None, None),
    ]


def test_a_template_without_variables_has_no_values() -> None:
    """No column, one row per message."""
    assert read_variables("restart.", pl.Series(["restart.", "x"])).shape == (2, 0)


def _records(rows: Sequence[tuple[int, int | None, str | None, str | None]]) -> pl.LazyFrame:
    """Return RECORDS of rows of (pattern, second, level, service), one per line from 1 on."""
    columns = {
        "pattern": [row[0] for row in rows],
        "time": [None if row[1] is None else _START + timedelta(seconds=row[1]) for row in rows],
        "level": [row[2] for row in rows],
        "service": [row[3] for row in rows],
        "file_id": [0] * len(rows),
        "line": list(range(1, len(rows) + 1)),
    }
    schema = {name: RECORDS[name] for name in columns}
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in RECORDS.items() if name not in columns]
    return pl.DataFrame(columns, schema=schema).lazy().with_columns(missing).select(RECORDS.names())


def test_a_template_is_summed_up_from_all_its_records() -> None:
    """Count, most frequent level, services, first and last time and first place come from every record."""
    mined = mine_templates(_collect(["up", "down"]))
    records = _records(
        [(1, None, None, None), (0, 5, "info", "b"), (0, 1, "warn", "a"), (0, None, "info", "b"), (1, 9, "error", "a")]
    )
    rows = {
        row["text"]: row for row in summarise_templates(digest_records(records), mined).drop("template_id").to_dicts()
    }
    at = [_START + timedelta(seconds=second) for second in (1, 5, 9)]
    assert rows == {
        "up": {"text": "up", "count": 3, "level": "info", "services": ["a", "b"]}
        | {"first": at[0], "last": at[1], "file_id": 0, "line": 2},
        "down": {"text": "down", "count": 2, "level": "error", "services": ["a"]}
        | {"first": at[2], "last": at[2], "file_id": 0, "line": 1},
    }


@given(st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(0, 99), st.none(), st.none() | st.just("a"))))
def test_counts_add_up_to_all_records(rows: list[tuple[int, int | None, str | None, str | None]]) -> None:
    """The sum over all templates is the number of records, those without a time included."""
    mined = mine_templates(_collect(["up", "down", *(f"user {name} left the room" for name in _NAMES)]))
    assert summarise_templates(digest_records(_records(rows)), mined)["count"].sum() == len(rows)


def test_every_record_gets_its_template_in_its_place() -> None:
    """Assignment is lazy, keeps the order of records and leaves none without a template."""
    mined = mine_templates(_collect(["up", "down"]))
    assigned = assign_templates(_records([(1, 0, None, None), (0, 1, None, None), (1, 2, None, None)]), mined)
    assert assigned.collect()["template_id"].to_list() == [name_template(text) for text in ("down", "up", "down")]
