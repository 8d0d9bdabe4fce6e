"""How alike two incidents are, which past ones are named, and when none is."""

from dataclasses import replace

import pytest

from hotfix.learn.knowledge.asking import find_by_words
from hotfix.learn.knowledge.bm25 import count_holders, cover
from hotfix.learn.knowledge.likeness import compare
from hotfix.learn.knowledge.signature import parse_signature, render_signature
from hotfix.learn.knowledge.similar import find_similar
from hotfix.learn.knowledge.words import list_words, mask_texts, strip_names
from tests.learn.knowledge.signatures import sign, sign_other

_NEW = sign()


def test_numbers_ids_addresses_and_names_of_services_are_no_words() -> None:
    """What is left of a message are its words, compounds as their parts."""
    texts = mask_texts(["basket-7 at 10.0.0.3:8080 failed for 4711: NullPointerException in max_pool_size 3f2a9c41d0"])
    assert list_words(texts, ["basket"]) == ("failed", "for", "null", "pointer", "exception", "max", "pool", "size")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('relation "baskets" does not exist', ("relation", "does", "not", "exist")),
        ("failed: GET /basket/<*>?member=1 at http://cart.shop.internal:8000/v1", ("failed", "get")),
        ("failed to resolve host 'db.shop.internal'", ("failed", "resolve", "host")),
        ("lookup db.shop.internal: no such host", ("lookup", "such", "host")),
        ("'NoneType' object is not subscriptable", ("none", "type", "object", "not", "subscriptable")),
        ("couldn't read I/O of the 'disk' we're on", ("couldn", "read", "the")),
        ("HTTP/1.1 and/or TLS", ("http", "and", "tls")),
    ],
)
def test_names_that_a_system_gives_are_stripped(text: str, left: tuple[str, ...]) -> None:
    """Routes, addresses, hosts, tables and keys go; types, protocols and apostrophes stay."""
    assert list_words(strip_names(mask_texts([text]))) == left


def test_service_is_no_word_in_either_number() -> None:
    """The one thing that a service `orders` is about, or the many of a service `till`, tell no more than its name."""
    assert list_words(["order failed, tills closed"], ["orders", "till"]) == ("failed", "closed")


def test_rare_words_weigh_more() -> None:
    """By hand: of three texts one holds `leak` and two hold `error`; a text with the rare word covers more."""
    rarity = count_holders([{"leak", "error"}, {"error"}, {"other"}])
    assert rarity.weigh("leak") == pytest.approx(0.980829)  # ln(1 + 2.5 / 1.5)
    assert rarity.weigh("error") == pytest.approx(0.470004)  # ln(1 + 1.5 / 2.5)
    assert cover({"leak", "error"}, {"leak"}, rarity) == pytest.approx(0.676046, abs=1e-6)
    assert cover({"leak", "error"}, {"error"}, rarity) == pytest.approx(0.323954, abs=1e-6)
    assert cover({"leak"}, {"other"}, rarity) == 0.0
    assert cover(set(), {"other"}, rarity) == 0.0


def test_word_of_one_text_alone_may_count_less() -> None:
    """By hand: of two texts one holds `basket`, which may be a name; both hold `error`, which keeps its weight."""
    rarity = count_holders([{"basket", "error"}, {"error"}], lone=0.5)
    assert rarity.weigh("basket") == pytest.approx(0.346574, abs=1e-6)  # half of ln(1 + 1.5 / 1.5)
    assert rarity.weigh("error") == pytest.approx(0.182322, abs=1e-6)  # ln(1 + 0.5 / 2.5)


def test_same_incident_at_another_time_is_wholly_alike() -> None:
    """Likeness is 1, all that is shared is named, and nothing differs."""
    found = compare(_NEW, sign(1, days=30), count_holders([_NEW.words]))
    assert (found.score, found.differs) == (1.0, ())
    assert found.shared == (
        "the same cause family: null_reference",
        "the same exception: TypeError",
        "the same code: price.py in total",
        "the same services: basket, nginx",
        "the same wording: 'NoneType' object is not subscriptable, and 1 more",
        "a change of the same kind came first: deployment",
    )


def test_what_differs_is_said() -> None:
    """Each thing that only one of two incidents has is named with what stood there then and stands there now."""
    found = compare(_NEW, sign_other(), count_holders([_NEW.words, sign_other().words]))
    assert found.differs == (
        "the cause family was disk_full, now it is null_reference",
        "not the same exception: DiskFull then, TypeError now",
        "not the same code: none then, price.py in total now",
        "the change that came first was none, now deployment",
    )


def test_incident_with_nothing_in_common_is_no_match() -> None:
    """Past incidents were looked at, and none is named."""
    found = find_similar(_NEW, [sign_other(1, 1), sign_other(2, 9)])
    assert (found.compared, found.similar) == (2, ())


@pytest.mark.parametrize("kept", [{"family": "null_reference"}, {"services": ("basket", "nginx")}])
def test_family_or_service_alone_is_no_match(kept: dict[str, object]) -> None:
    """An incident that shares only its family, or only its services, is not named."""
    other = sign_other(1, 1)
    alone = {field: getattr(other, field) for field in ("family", "services", "change", "exceptions", "texts", "words")}
    assert find_similar(_NEW, [sign(1, 1, code=(), **alone | kept)]).similar == ()


def test_same_failure_under_other_names_is_wholly_alike() -> None:
    """The same failure elsewhere is named, and it is said that services and code were others."""
    renamed = sign(1, 3, services=("cart", "haproxy"), code=("cost.py in add",))
    (found,) = find_similar(_NEW, [renamed, sign_other(2, 1)]).similar
    assert (found.incident, found.score) == ("incident-1", 1.0)
    assert found.differs == (
        "not the same code: cost.py in add then, price.py in total now",
        "not the same services: cart, haproxy then, basket, nginx now",
    )


def test_same_names_decide_between_equals() -> None:
    """Of two that are equally alike the one at the same service comes first, also when it is older."""
    found = find_similar(_NEW, [sign(1, 3, services=("cart",), code=()), sign(2, 40)]).similar
    assert [(one.incident, one.score) for one in found] == [("incident-2", 1.0), ("incident-1", 1.0)]


def test_same_names_make_nothing_alike() -> None:
    """Another failure at the same services, in the same code, is no match."""
    other = sign_other(1, 1)
    assert find_similar(_NEW, [replace(other, services=_NEW.services, code=_NEW.code)]).similar == ()


def test_what_recovers_is_less_like_what_goes_on() -> None:
    """Two of one kind, one of which ended by itself, are told apart by that."""
    rarity = count_holders([_NEW.words])
    over = compare(_NEW, sign(1, 1, course=("sudden", "recovered")), rarity)
    assert over.score < compare(_NEW, sign(2, 1), rarity).score
    assert over.differs == ("it was sudden, recovered then, and is sudden, ongoing now",)


def test_newer_of_two_equal_incidents_comes_first() -> None:
    """Age decides the order of equals, and an old one is still named."""
    found = find_similar(_NEW, [sign(1, 3000), sign(2, 20)]).similar
    assert [(one.incident, one.score) for one in found] == [("incident-2", 1.0), ("incident-1", 1.0)]


def test_old_equal_stays_above_new_less_alike() -> None:
    """An incident of years ago that is the same comes before one of yesterday that shares half."""
    recent = sign(2, 1, exceptions=("KeyError",), code=("tax.py in add",), services=("tax",), change=None)
    assert [one.incident for one in find_similar(_NEW, [recent, sign(1, 3000)]).similar] == ["incident-1", "incident-2"]


def test_incident_is_not_like_itself() -> None:
    """What is kept of the same incident, also under an id of another look at it, is passed by."""
    assert find_similar(_NEW, [_NEW, sign(7, days=20 / 86400)]).compared == 0


def test_signature_survives_the_index() -> None:
    """What is read back is what was written."""
    assert parse_signature(render_signature(_NEW)) == _NEW


def test_words_find_incidents_that_hold_most_of_them() -> None:
    """An error text finds its incident whatever its numbers; unknown words find none."""
    kept = [sign(1, 1), sign_other(2, 2)]
    (found,) = find_by_words("No space left on device /dev/sda9", kept, 5).similar
    assert (found.incident, found.differs) == ("incident-2", ("not there: dev, sda",))
    assert find_by_words("quantum banana", kept, 5).similar == ()
    assert find_by_words("4711", kept, 5).similar == ()
