"""Only shapes that end may be asked for, and what comes back is checked again."""

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotfix.model.contract import ModelError
from hotfix.model.shapes import check_schema, check_value

_SCHEMA = {
    "type": "object",
    "properties": {
        "cause": {"type": "string", "enum": ["disk_full", "unknown"]},
        "sure": {"type": "integer", "minimum": 0, "maximum": 100},
        "lines": {
            "type": "array",
            "items": {"type": "string", "minLength": 2, "maxLength": 3},
            "minItems": 1,
            "maxItems": 2,
        },
        "known": {"type": "boolean"},
    },
    "required": ["cause", "sure", "lines", "known"],
    "additionalProperties": False,
}
_GOOD = {"cause": "unknown", "sure": 7, "lines": ["E1"], "known": True}

_JSON = st.none() | st.booleans() | st.integers(-5, 105) | st.text("E1\n", max_size=4) | st.floats(allow_nan=False)
_VALUES = st.fixed_dictionaries(
    {
        "cause": st.sampled_from(["disk_full", "unknown", "other"]) | _JSON,
        "sure": st.integers(-3, 103) | _JSON,
        "lines": st.lists(st.text("E1", max_size=4) | _JSON, max_size=3) | _JSON,
    },
    optional={"known": st.booleans() | _JSON, "more": _JSON},
)


def test_bounded_flat_schema_passes() -> None:
    """A flat object of enums, bounded texts, lists and numbers may be asked for."""
    check_schema(_SCHEMA)
    assert check_value(_GOOD, _SCHEMA) == _GOOD


@given(_VALUES)
def test_answers_are_judged_as_jsonschema_does(value: dict[str, object]) -> None:
    """What passes is valid by jsonschema, and what fails is not, but for control characters and 1.0 as whole."""
    try:
        check_value(value, _SCHEMA)
    except ModelError:
        texts = [value["cause"], *(value["lines"] if isinstance(value["lines"], list) else [])]
        stricter = isinstance(value["sure"], float) or any("\n" in text for text in texts if isinstance(text, str))
        assert stricter or not jsonschema.Draft202012Validator(_SCHEMA).is_valid(value)
    else:
        jsonschema.validate(value, _SCHEMA)


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ({"type": "string"}, "answer.x: expected bounds"),
        ({"type": "array", "items": {"type": "boolean"}}, "answer.x: expected bounds"),
        ({"type": "array", "maxItems": 2}, r"answer.x\[\]: expected one of the types .*, found None"),
        ({"type": "array", "items": {"type": "string"}, "maxItems": 2}, r"answer.x\[\]: expected bounds"),
        ({"type": "integer", "minimum": 0}, "answer.x: expected bounds"),
        ({"type": "number"}, "expected one of the types .*, found 'number'"),
        ({"type": "string", "maxLength": 5, "pattern": "(a*)*"}, r"found \['pattern'\]"),
        ({"type": "object", "properties": {}, "additionalProperties": False}, "flat object, found one that is nested"),
        ({"$ref": "#"}, "found None"),
    ],
)
def test_schema_that_need_not_end_is_refused(part: dict[str, object], reason: str) -> None:
    """A text, list or number without bounds, a nested object and an unknown keyword are refused before a model runs."""
    schema = {"type": "object", "properties": {"x": part}, "required": ["x"], "additionalProperties": False}
    with pytest.raises(ModelError, match=reason):
        check_schema(schema)


def test_escape_sequence_in_an_answer_is_refused() -> None:
    """An answer that would move a terminal's cursor is no answer."""
    schema = {
        "type": "object",
        "properties": {"x": {"type": "string", "maxLength": 9}},
        "required": ["x"],
        "additionalProperties": False,
    }
    with pytest.raises(ModelError, match=r"answer.x: expected a text without control characters, found '\\x1b\[2J'"):
        check_value({"x": "\x1b[2J"}, schema)
