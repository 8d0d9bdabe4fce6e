"""What people write into a review stays, and they are told where it and the facts no longer agree."""

import pytest

from hotfix.core.errors import InputError
from hotfix.learn.reviewregions import mark_region, merge_edits, seal_document, take_apart


def _write(question: str, fact: str = "fact one") -> str:
    return seal_document(f"# Review\n\n{fact}\n\n{mark_region('lessons', question)}\n\nthe end")


def test_edit_stays_and_facts_are_refreshed() -> None:
    """A person's words replace the question; the text around them is the new one."""
    edited = _write("OPEN QUESTION").replace("OPEN QUESTION", "We learnt to rotate logs.")
    merged = merge_edits(_write("OPEN QUESTION", "fact two"), take_apart(edited, "rca.md"))
    assert ("We learnt to rotate logs." in merged.text, "fact two" in merged.text, merged.conflicts) == (True, True, ())


def test_edit_survives_many_writings() -> None:
    """An edit that was kept once is kept again."""
    text = _write("OPEN QUESTION").replace("OPEN QUESTION", "We learnt it.")
    for number in range(3):
        text = merge_edits(_write("OPEN QUESTION", f"fact {number}"), take_apart(text, "rca.md")).text
    assert "We learnt it." in text


def test_untouched_region_takes_what_is_new() -> None:
    """What nobody edited is made anew, without a conflict."""
    merged = merge_edits(_write("new question"), take_apart(_write("old question"), "rca.md"))
    assert (merged.text, merged.conflicts) == (_write("new question"), ())


def test_changed_ground_of_an_edit_is_told_once() -> None:
    """When the question below an answer has changed, the answer stays and the conflict is told, once."""
    edited = _write("old question").replace("old question", "answer")
    first = merge_edits(_write("new question"), take_apart(edited, "rca.md"))
    again = merge_edits(_write("new question"), take_apart(first.text, "rca.md"))
    assert ("answer" in first.text, len(first.conflicts), again.conflicts) == (True, 1, ())


def test_region_that_is_gone_is_kept_at_the_end() -> None:
    """Words in a region that the document no longer has are not lost."""
    edited = _write("question").replace("question", "precious words")
    merged = merge_edits(seal_document("# Review\n\nno regions"), take_apart(edited, "rca.md"))
    assert ("precious words" in merged.text, len(merged.conflicts)) == (True, 1)


def test_edit_outside_the_regions_is_seen() -> None:
    """A change of the facts by hand is seen; one inside a region is none."""
    text = _write("question")
    outside, inside = text.replace("fact one", "fact 1"), text.replace("question", "answer")
    assert [take_apart(one, "rca.md").facts_edited for one in (text, outside, inside)] == [False, True, False]
    by_hand, unsealed = "# Our review\n\nThe pool was too small.\n", "\n".join(outside.splitlines()[:-1])
    assert [take_apart(one, "rca.md").facts_edited for one in (by_hand, unsealed)] == [True, True]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!-- yours: a 0123456789ab -->\nx", "expected '<!-- end of yours: a -->' after rca.md:1, found none"),
        ("<!-- end of yours: a -->", "expected the end of region 'none' at rca.md:1, found 'a'"),
    ],
)
def test_broken_mark_is_told_by_line(text: str, message: str) -> None:
    """A mark without its partner is refused, so that nobody's words are lost."""
    with pytest.raises(InputError) as caught:
        take_apart(text, "rca.md")
    assert str(caught.value) == message
