"""What a message speaks of is told by its words."""

import pytest

from hotfix.diagnosis.mechanisms.changewords import Wording, read_wording


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("maxmemory changed: was 512mb, is 64mb", Wording.VALUES),
        ("limit of client shop lowered from 500 to 50", Wording.VALUES),
        ("rule checkout-v2 updated: 0% -> 100%", Wording.VALUES),
        ("statement: REVOKE INSERT ON order_lines FROM orders;", Wording.REMOVAL),
        ("Rotated signing key, kid=7", Wording.REMOVAL),
        ("dropped index idx_a on reservations", Wording.REMOVAL),
        ("Configuration reloaded", Wording.CHANGE),
        ("promoted replica to primary", Wording.CHANGE),
        ("mail from anna to bert", Wording.OTHER),
        ("checkpoint complete: wrote 1392 buffers; 0 removed, 0 recycled", Wording.OTHER),
        ("GET /admin/delete/everything", Wording.OTHER),
        ("Loaded promotions for 7 categories", Wording.OTHER),
    ],
)
def test_wording(text: str, wording: Wording) -> None:
    """Changes of value, removals and changes are told from daily business."""
    assert read_wording(text) is wording
