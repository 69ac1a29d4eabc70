"""Documents without the values that equal a default."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.publish.grafana.documents.normalize import normalize_document, strip_defaults
from tests.publish.grafana.sample_documents import json_values

objects = st.dictionaries(st.sampled_from("abc"), json_values, max_size=3).map(
    lambda value: normalize_document({"it": value})["it"]
)
"""Values as they are compared: without nulls, and with numbers as Go writes them."""


@pytest.mark.parametrize(
    ("value", "default", "expected"),
    [
        ({"a": 1}, {}, {"a": 1}),
        ({"a": 1}, {"a": 1}, {}),
        ({"a": True}, {"a": 1}, {"a": True}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, {"a": {"c": 2}}),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, {}),
        ({"a": {}}, {"a": {"b": 1}}, {}),
        ({"a": {}}, {}, {"a": {}}),
        ({"a": {}}, {"a": {}}, {}),
        ({"a": {"b": 1}}, {"a": {}}, {"a": {"b": 1}}),
        ({"a": {"b": 1}}, {"a": 1}, {"a": {"b": 1}}),
        ({"a": [1]}, {"a": [1, 2]}, {"a": [1]}),
        ({"a": []}, {"a": {}}, {"a": []}),
    ],
)
def test_only_what_the_default_does_not_say_is_kept(
    value: Any, default: Any, expected: Any
) -> None:
    assert repr(strip_defaults(value, default)) == repr(expected)


@given(objects, objects)
def test_what_goes_beyond_a_default_goes_beyond_it_as_a_whole(value: Any, default: Any) -> None:
    remainder = strip_defaults(value, default)
    assert strip_defaults(remainder, default) == remainder
