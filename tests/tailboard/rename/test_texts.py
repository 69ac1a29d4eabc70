"""JSON and YAML changed in their text: the values change, and no other byte does."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.lint.rule_files.yaml_documents import Node, is_mapping, is_scalar, read_yaml
from tailboard.rename.json_text import rewrite_json
from tailboard.rename.text_edits import apply_edits, list_differences
from tailboard.rename.yaml_text import is_same_yaml, list_scalar_edits

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
VALUES = st.recursive(
    st.one_of(
        TEXTS,
        st.integers(),
        st.booleans(),
        st.none(),
        st.floats(allow_nan=False, allow_infinity=False),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(TEXTS, TEXTS)
def test_differences_make_the_one_text_of_the_other(old: str, new: str) -> None:
    parts, position = [], 0
    for start, end, text in list_differences(old, new):
        parts += [old[position:start], text]
        position = end
    assert "".join([*parts, old[position:]]) == new


@given(VALUES, VALUES, st.booleans(), st.sampled_from([None, 2]))
def test_a_value_is_replaced_where_it_stands(
    old: Any, new: Any, is_ascii: bool, indent: int | None
) -> None:
    document = {"before": "é\u2028 ", "x": [1.50, {"y": None}], "behind": "\\\\"}
    document["x"][1]["y"] = old  # type: ignore[index]
    text = json.dumps(document, ensure_ascii=is_ascii, indent=indent)
    changed = copy.deepcopy(document)
    changed["x"][1]["y"] = new  # type: ignore[index]
    result = rewrite_json(text, document, changed)
    if isinstance(old, dict | list) or isinstance(new, dict | list):
        assert result is None or json.loads(result) == changed
        return
    start = text.index('"y": ') + len('"y": ')
    end = text.index("}", start) if not indent else text.index("\n", start)
    assert result is not None
    assert json.loads(result) == changed
    assert result.startswith(text[:start])
    if not isinstance(old, str):
        assert result.endswith(text[end:])


def test_json_keeps_its_escapes_its_layout_and_the_order_of_its_fields() -> None:
    text = '{ "b" :"x\\u003e1 \\/ \\ud83d\\ude00 é",\r\n\t"a": {"path":[ 1.0, 2e0 ]} }\n\n'
    old = json.loads(text)
    new = {"b": "y>1 / 😀 é", "a": {"route": [1.0, 0.5]}}
    assert rewrite_json(text, old, new) == (
        '{ "b" :"y\\u003e1 \\/ \\ud83d\\ude00 é",\r\n\t"a": {"route":[ 1.0, 0.5 ]} }\n\n'
    )


def test_json_whose_shape_changes_is_not_rewritten() -> None:
    assert rewrite_json('{"a": 1}', {"a": 1}, {"a": 1, "b": 2}) is None
    assert rewrite_json('{"a": [1]}', {"a": [1]}, {"a": []}) is None


def find_scalar(root: Node) -> Node:
    while is_mapping(root):
        root = root.value[-1][1]
    assert is_scalar(root)
    return root


def rewrite_yaml(text: str, new_value: str) -> str:
    roots, _ = read_yaml(text.encode())
    node = find_scalar(roots[0])
    edits = list_scalar_edits(text, node, new_value)
    assert edits is not None
    new_text = apply_edits(text, edits)
    assert is_same_yaml(roots, [(node, new_value)], new_text)
    return new_text


@pytest.mark.parametrize(
    ("text", "new_value", "new_text"),
    [
        ("expr: x > 1  # c\n", "y > 1", "expr: y > 1  # c\n"),
        ("expr: x\n", '{"a.b"}', "expr: '{\"a.b\"}'\n"),
        ("expr: x\n", "y: z", "expr: 'y: z'\n"),
        ("{expr: x}\n", "y{a,b}", "{expr: 'y{a,b}'}\n"),
        ("expr: 'x{a=''b''}'\n", "y{a='b'}", "expr: 'y{a=''b''}'\n"),
        ('expr: "x{a=\\"\\x41\\"}"\n', 'y{a="A"}', 'expr: "y{a=\\"\\x41\\"}"\n'),
        ("expr: |\n    x\n      > 1\n\n", "y\n  > 1\n", "expr: |\n    y\n      > 1\n\n"),
        ("expr: |2-\n   x\n", " y", "expr: |2-\n   y\n"),
        ("expr: >-\n  x\n  / 2\n", "y / 2", "expr: >-\n  y\n  / 2\n"),
        ("expr: x\n  / 2\n", "y / 2", "expr: y\n  / 2\n"),
        ("expr: >\n  sum(x)\n  / 2\n", "sum(y or x) / 2\n", "expr: >\n  sum(y or x)\n  / 2\n"),
    ],
)
def test_a_scalar_of_yaml_keeps_its_style_where_it_can(
    text: str, new_value: str, new_text: str
) -> None:
    assert rewrite_yaml(text, new_value) == new_text


@given(
    st.text("ab x{}\"':#,[]|>-&*!%@\\", min_size=1, max_size=12),
    st.sampled_from(["plain", "'", '"', "|"]),
)
def test_any_value_is_read_back_from_any_style(new_value: str, style: str) -> None:
    texts = {"plain": "k: x y\n", "'": "k: 'x y'\n", '"': 'k: "x y"\n', "|": "k: |\n  x y\n"}
    text = "a: 1  # c\n" + texts[style]
    roots, _ = read_yaml(text.encode())
    node = find_scalar(roots[0])
    edits = list_scalar_edits(text, node, new_value)
    if edits is None:
        return
    new_text = apply_edits(text, edits)
    assert new_text.startswith("a: 1  # c\nk: ")
    if new_value.split():
        assert is_same_yaml(roots, [(node, new_value)], new_text) or style == "|"
