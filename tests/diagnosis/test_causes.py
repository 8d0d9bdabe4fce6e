import tomllib
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest

from hotfix.core.errors import RuleError
from hotfix.diagnosis.causefiles import read_cause_file
from hotfix.diagnosis.causepage import write_page
from hotfix.diagnosis.causes import Role, classify_text, explain_text, load_cause_files, load_causes
from hotfix.diagnosis.signs import SignBook, read_phrase, read_sign
from hotfix.diagnosis.wording import Wording

ROOT = Path(__file__).parents[2]
# fmt: off
FAMILIES = [
    "null_reference", "type_error", "index_out_of_range", "bad_deserialization", "schema_mismatch",
    "race_condition", "deadlock", "unhandled_exception", "config_missing", "feature_flag", "permission_denied",
    "auth_expired", "tls_expiry", "clock_skew", "dns_failure", "connection_refused", "network_partition",
    "dependency_timeout", "rate_limited", "quota_exhausted", "connection_pool_exhaustion",
    "thread_pool_exhaustion", "fd_exhaustion", "out_of_memory", "gc_pressure", "cpu_throttling", "disk_full",
    "inode_exhaustion", "disk_io_saturation", "cache_thrash", "hot_key", "crash_loop", "poison_message",
    "data_corruption", "bad_deploy", "unknown",
]
# fmt: on
FIRES = [(file.cause.ident, text) for file in load_cause_files() for text in file.fires]
SILENT = [(file.cause.ident, text) for file in load_cause_files() for text in file.silent]


def test_families() -> None:
    """Every family of the report's contract has its file, and no other file lies there."""
    assert sorted(load_causes()) == sorted(FAMILIES)


@pytest.mark.parametrize(("ident", "text"), FIRES)
def test_fires(ident: str, text: str) -> None:
    """Each excerpt that a cause file says must fire is classified as that cause."""
    assert classify_text(text)[0].category == ident


@pytest.mark.parametrize(("ident", "text"), SILENT)
def test_silent(ident: str, text: str) -> None:
    """Each excerpt that a cause file says must stay silent is not classified as that cause."""
    assert classify_text(text)[0].category != ident


def test_nothing_known() -> None:
    """A text without words of a known cause is `unknown` alone, with low confidence."""
    (match,) = classify_text("lorem ipsum dolor sit amet")
    assert (match.category, match.role, match.confidence < 0.3) == ("unknown", Role.SYMPTOM, True)


@pytest.mark.parametrize("text", ["", "\n\n", "\x00\x1b[31m", "at com.shop.Cart.total(Cart.java:41)", "…" * 9])
def test_any_text(text: str) -> None:
    """Any text at all gets an answer."""
    assert classify_text(text)[0].category == "unknown"


def test_java_root() -> None:
    """Of a Java trace the last cause decides, not the wrappers and not the frames."""
    text = """org.springframework.dao.DataAccessResourceFailureException: Unable to acquire JDBC Connection
\tat com.shop.TimeoutFilter.doFilter(TimeoutFilter.java:88)
Caused by: java.sql.SQLException: connect failed
\tat com.shop.NullPointerException.run(Deadlock.java:5)
Caused by: java.net.UnknownHostException: db-primary
\t... 41 more"""
    assert classify_text(text)[0].category == "dns_failure"


def test_python_first_of_chain() -> None:
    """Of a chained Python traceback the first exception decides: it was there before it was handled."""
    text = """Traceback (most recent call last):
  File "/srv/app/rates.py", line 7, in load
    return json.loads(body)
json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/app/views.py", line 30, in quote
    raise RuntimeError("quote timed out") from error
RuntimeError: quote timed out"""
    assert classify_text(text)[0].category == "bad_deserialization"


def test_one_line_chain() -> None:
    """An error that names its inner error on the same line is classified by the inner one."""
    text = "System.Exception: request timed out ---> System.IO.IOException: No space left on device"
    assert classify_text(text)[0].category == "disk_full"


def test_exception_class() -> None:
    """The class of the exception speaks when the text does not name it."""
    assert classify_text("could not finish the order", "com.shop.DeadlockFoundException")[0].category == "deadlock"


def test_unseen_class() -> None:
    """A class that no rule knows is understood by the words in its name."""
    assert classify_text("Acme::TooManyOpenFilesProblem")[0].category == "fd_exhaustion"


def test_bounded() -> None:
    """Only the head of a text, and of a line its head and tail, are looked at: a longer text costs no more words."""
    short, long = classify_text("x " * 50_000), classify_text("x" * 100_000 + " Too many open files")
    assert (short[0].category, long[0].category) == ("unknown", "fd_exhaustion")


def test_explanation() -> None:
    """An explanation repeats the text and says what the family means, how to confirm it and which way to fix it."""
    text = "OSError: [Errno 28] No space left on device"
    match, cause = classify_text(text)[0], load_causes()["disk_full"]
    assert asdict(explain_text(text)) == {
        "text": text,
        "category": "disk_full",
        "confidence": match.confidence,
        "by": "rules: no space left on device",
        "meaning": cause.meaning,
        "confirm": cause.confirm,
        "fix": cause.fix,
    }


def test_page_is_current() -> None:
    """`docs/causes.md` is what the cause files say."""
    assert (ROOT / "docs" / "causes.md").read_text(encoding="utf-8") == write_page(load_cause_files())


BROKEN = [
    ('title = "x"', "titel = 'x'", "unknown key 'titel'; did you mean 'title'?"),
    ('role = "cause"', 'role = "reason"', "role: expected one of cause, symptom, found 'reason'"),
    ("minutes = 5", "minutes = -5", "minutes: expected a whole number of minutes, found -5"),
    ("{service}", "{servce}", "; did you mean 'service'?, found 'servce'"),
    ("strong = ", "storng = ", "unknown key 'signs.storng'; did you mean 'strong'?"),
    ("{pool} ~ full", "{pol} ~ full", "signs.strong: unknown concept {pol}; did you mean 'pool'?"),
    ("{pool} ~ full", "{pool} ~ Full", "signs.strong: expected lower-case words as texts are split into, found 'Full'"),
    ('[[fires]]\ntext = "pool full"\n', "", "fires: expected at least 1 [[fires]], found []"),
    ('[[silent]]\ntext = "pool"\n', "", "silent: expected at least 1 [[silent]], found []"),
    ("[signs]", "[signs", "expected TOML, found"),
]
WHOLE = """title = "x"
role = "cause"
meaning = "x"
matters = "x"
fix = "x"
confirm = ["x"]
approach = "wait"
complexity = "low"
risk = "low"
minutes = 5
whys = [{ why = "a", because = "{service}" }, { why = "b", because = "b" }, { why = "c", because = "c" }]

[signs]
strong = "{pool} ~ full"

[[fires]]
text = "pool full"

[[silent]]
text = "pool"
"""


@pytest.mark.parametrize(("part", "replaced", "message"), BROKEN)
def test_refused(tmp_path: Path, part: str, replaced: str, message: str) -> None:
    """A cause file that breaks its contract is refused with its path and what is wrong."""
    path = tmp_path / "x.toml"
    path.write_text(WHOLE.replace(part, replaced), encoding="utf-8")
    with pytest.raises(RuleError) as refused:
        read_cause_file(path, {"pool": ()})
    assert str(path) in str(refused.value)
    assert message in str(refused.value)


def test_whole_file(tmp_path: Path) -> None:
    """The file that the refused ones are made from is accepted."""
    path = tmp_path / "x.toml"
    path.write_text(WHOLE, encoding="utf-8")
    assert read_cause_file(path, {"pool": ()}).fires == ("pool full",)


def test_phrasings_are_apart() -> None:
    """No phrasing stands in two sets: what rules were tuned with is not what they are measured on."""
    folder = ROOT / "tests" / "diagnosis" / "phrasings"
    texts = [
        text
        for path in folder.glob("*.toml")
        for families in tomllib.loads(path.read_text(encoding="utf-8")).values()
        for family in families.values()
        for text in set(family)
    ]
    assert [text for text, times in Counter(texts).items() if times > 1] == []


def test_places_are_bounded() -> None:
    """A word that comes a thousand times is tried at SIGN_PLACES places only, whatever the pattern."""
    words = {"pool": (read_phrase("pool", {}), read_phrase("data .. source", {}))}
    book = SignBook([read_sign("x", 1.0, "{pool} ~ full ~ wait*", words)], words)
    many = tuple(["data", "pool", "source", "waits"] * 1000 + ["full"])
    assert book.find_hits(Wording(many, (1.0,) * len(many))) == []


def test_accuracy() -> None:
    """Of the phrasings held out, at least nine in ten get their family, and sure claims hold in 97 of 100 cases."""
    claims = [
        (match.category == cause, match.confidence >= 0.8)
        for cause, families in tomllib.loads(
            (ROOT / "tests" / "diagnosis" / "phrasings" / "heldout.toml").read_text(encoding="utf-8")
        ).items()
        for family in families.values()
        for match in (classify_text(text)[0] for text in family)
    ]
    sure = [right for right, is_sure in claims if is_sure]
    assert (sum(right for right, _ in claims) / len(claims) >= 0.9, sum(sure) / len(sure) >= 0.97) == (True, True)
