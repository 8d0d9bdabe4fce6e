"""Reproductions in Python of what a program meets outside of itself, and of texts that an incident does not show."""

from pathlib import Path

import pytest

from hotfix.repair.verify.contract import CategoryResult, Status
from tests.repair.reproducing import Program, check_fix, fail, validate
from tests.repair.trees import make_repository

_PARTNER = Program(
    {
        "settings.py": "import functools, os, tomllib\n\n\n@functools.cache\ndef load():\n"
        "    return tomllib.loads(os.environ['PARTNER_SETTINGS'])\n",
        "partner.py": "import json\nimport urllib.request\n\nimport settings\n\n\ndef ask(number):\n"
        "    with urllib.request.urlopen(f\"{settings.load()['url']}/{number}\", timeout=3) as answer:\n"
        "        found = json.load(answer)\n    return found['slot']['gate']\n",
    },
    (
        "python3",
        "-c",
        (
            "import io, os, urllib.request as u; os.environ['PARTNER_SETTINGS'] = 'url = \"http://x\"'\n"
            "u.urlopen = lambda *_, **__: io.BytesIO(b'{\"slot\": null}')\nimport partner; partner.ask(7)"
        ),
    ),
    "partner.py",
    "found['slot']['gate']",
    "(found['slot'] or {}).get('gate')",
)
_DISK = Program(
    {
        "notes.py": "import os\n\n\ndef keep(path, text):\n    handle = os.open(path, os.O_WRONLY)\n"
        "    if len(text) * 5 < 20000:\n        os.write(handle, text)\n"
    },
    ("python3", "-c", "import notes; notes.keep('/dev/full', b'x')"),
    "notes.py",
    "        os.write(handle, text)\n",
    "        try:\n            os.write(handle, text)\n        except OSError:\n            print('kept for later')\n",
)
_NUMBER = Program(
    {"price.py": "from decimal import Decimal\n\n\ndef read(event):\n    return Decimal(event['total'])\n"},
    ("python3", "-c", "import price; price.read({'total': '12,50'})"),
    "price.py",
    "Decimal(event['total'])",
    "Decimal(str(event['total']).replace(',', '.'))",
)


def test_answer_of_another_service_is_stood_in_for(tmp_path: Path) -> None:
    """What comes over the network, and is read by the standard library, may lack a part as it did in the incident."""
    check_fix(tmp_path / "project", _PARTNER)


def test_error_from_outside_is_raised_by_a_stand_in(tmp_path: Path) -> None:
    """An error of the operating system is raised where it was met, and a patch that handles it is validated."""
    found = check_fix(tmp_path / "project", _DISK)
    assert found.detail.endswith("In it os.write() raises the error.")


def test_error_from_outside_may_be_kept_from_happening(tmp_path: Path) -> None:
    """When a patch lets the error through it may still keep it from happening: that is not known, and is told."""
    found = _change(tmp_path, _DISK, "notes.py", "20000", "10000")
    assert found.status is Status.INCONCLUSIVE
    assert "whether the patch keeps that from happening is not known" in found.detail


@pytest.mark.parametrize(
    ("new", "status", "said"),
    [
        (
            "Decimal(str(event['total']).replace(',', '.'))",
            Status.NOTED,
            "gone with the patch for event['total'] = '1,5'",
        ),
        ("Decimal(event['total']) + 0", Status.INCONCLUSIVE, "the incident does not say which it was"),
    ],
    ids=["right", "useless"],
)
def test_text_that_the_incident_hides_is_told(tmp_path: Path, new: str, status: Status, said: str) -> None:
    """Where several texts fail alike, the report says for which of them the error is gone."""
    found = _change(tmp_path, _NUMBER, "price.py", _NUMBER.old, new)
    assert (found.status, said in found.detail) == (status, True), found.detail


def _change(folder: Path, program: Program, path: str, old: str, new: str) -> CategoryResult:
    make_repository(folder / "project", program.files)
    trace = fail(folder / "project", program)
    return validate(folder / "project", trace, {path: program.files[path].replace(old, new)})
