"""Edits of source keep what they do not change: comments, indentation, the layout of lines."""

import ast

import pytest

from tailboard.convert.code import Call, ListCode, Literal, Name
from tailboard.convert.patch.imports import add_imports, drop_imports
from tailboard.convert.patch.line_breaks import break_long_lines
from tailboard.convert.patch.line_ends import render_diff, restore_line_ends, unify_line_ends
from tailboard.convert.patch.text_edits import (
    remove_keyword,
    replace_by_list,
    replace_value,
    set_keyword,
    wrap_call,
    write_list,
)


def read_call(text: str) -> ast.Call:
    """The first call of a text, from the left."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return min(calls, key=lambda node: (node.lineno, node.col_offset))


def read_list(text: str) -> ast.List:
    """The outermost list of a text."""
    return next(node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.List))


LINES = """\
x = f(
    1,
    description=(
        "a"  # first
        "b"
    ),
    unit="s",  # seconds
)
"""


def test_an_argument_gets_a_line_of_its_own_behind_the_comment_of_the_last_one() -> None:
    text = set_keyword(LINES, read_call(LINES), "size", Literal(3))
    assert text.endswith('    unit="s",  # seconds\n    size=3,\n)\n')


def test_an_argument_behind_one_in_parentheses_stands_outside_of_them() -> None:
    lines = LINES.replace('    unit="s",  # seconds\n', "")
    text = set_keyword(lines, read_call(lines), "size", Literal(3))
    assert text.endswith('        "b"\n    ),\n    size=3,\n)\n')


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = f()\n", "x = f(size=3)\n"),
        ("x = f(1)\n", "x = f(1, size=3)\n"),
        ("x = f(1, [\n    2,\n])\n", "x = f(1, [\n    2,\n], size=3)\n"),
        ("x = f(size=1)  # ä\n", "x = f(size=3)  # ä\n"),
        ("x = f('ä', size=1)\n", "x = f('ä', size=3)\n"),
    ],
)
def test_an_argument_is_added_or_replaced_on_its_line(text: str, expected: str) -> None:
    assert set_keyword(text, read_call(text), "size", Literal(3)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = f(1, a=2)\n", "x = f(1)\n"),
        ("x = f(a=2, b=3)\n", "x = f(b=3)\n"),
        ("x = f(a=(2))\n", "x = f()\n"),
        ("x = f(\n    a=2,  # two\n    b=3,  # three\n)\n", "x = f(\n    b=3,  # three\n)\n"),
        ("x = f(\n    # first\n    a=[\n        2,\n    ],\n)\n", "x = f(\n    # first\n)\n"),
    ],
)
def test_an_argument_is_taken_out_with_its_lines(text: str, expected: str) -> None:
    assert remove_keyword(text, read_call(text), "a") == expected


BLOCK = """\
x = [
    # one
    f(1),
    f(2),  # two

    # three
    f(3)
    # the end
]
"""


def test_items_take_their_comments_along() -> None:
    assert write_list(BLOCK, read_list(BLOCK), [2, 0, "g()", 1]) == (
        "x = [\n\n    # three\n    f(3),\n    # one\n    f(1),\n    g(),\n    f(2),  # two\n"
        "    # the end\n]\n"
    )


def test_comments_above_items_that_are_taken_out_stay() -> None:
    text = write_list(BLOCK, read_list(BLOCK), [1])
    assert text == "x = [\n    # one\n    f(2),  # two\n    # three\n    # the end\n]\n"


def test_a_list_whose_comments_would_be_lost_is_left_alone() -> None:
    text = "x = [f(1),  # one\n     f(2)]\n"
    assert write_list(text, read_list(text), [1, 0]) == text


def test_a_list_on_one_line_stays_on_it() -> None:
    text = "x = [f(1), f('ä'), (2)]\n"
    assert write_list(text, read_list(text), [2, "g()", 1]) == "x = [(2), g(), f('ä')]\n"


def test_items_of_several_lines_in_the_place_of_a_loop_have_lines_of_their_own() -> None:
    text = "x = Row('A', [f(i) for i in y])\n"
    (node,) = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ListComp))
    changed_text = replace_by_list(text, node, ["*(f(i) for i in y)", "g(\n    1,\n)"])
    assert break_long_lines(text, changed_text) == (
        "x = Row(\n    'A',\n    [\n        *(f(i) for i in y),\n"
        "        g(\n            1,\n        ),\n    ],\n)\n"
    )


def test_equal_items_of_a_list_stay_as_they_are_written() -> None:
    text = "x = [\n    Q('a'),  # first\n    Q('b'),\n]\n"
    code = ListCode(tuple(Call("Q", (Literal(name),)) for name in "acb"))
    assert replace_value(text, read_list(text), code) == (
        "x = [\n    Q('a'),  # first\n    Q(\"c\"),\n    Q('b'),\n]\n"
    )


def test_a_call_of_several_lines_is_indented_within_another_one_but_for_its_strings() -> None:
    text = 'x = [\n\tf(\n\t\t1,  # one\n\t\t"""a\n\tb""",\n\t),\n]\n'
    (call,) = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    assert wrap_call(text, call, "g", {"a": Literal(1)}) == (
        'x = [\n\tg(\n\t\tf(\n\t\t\t1,  # one\n\t\t\t"""a\n\tb""",\n\t\t),\n\t\ta=1,\n\t),\n]\n'
    )


def test_a_line_that_became_too_long_is_laid_out_as_ruff_does() -> None:
    old_text = "x = [f(1), 2]  # both\n"
    name, key = "a" * 50, "c" * 30
    text = f'x = [f(1, "{name}", b={{"{key}": 3}}), 2]  # both\n'
    assert break_long_lines(old_text, text) == (
        f'x = [\n    f(\n        1,\n        "{name}",\n        b={{"{key}": 3}},\n    ),\n'
        "    2,\n]  # both\n"
    )


def test_a_line_that_was_as_long_before_stays() -> None:
    old_text = f"x = f({', '.join('a' * 30)}, {'b' * 60})\n"
    text = old_text.replace("b" * 60, "c" * 60)
    assert break_long_lines(old_text, text) == text


def test_a_line_that_leaves_two_brackets_open_is_laid_out_as_ruff_does() -> None:
    text = "x = f(1, [2, g(\n    3,  # three\n)])\n"
    assert break_long_lines("x = f(1, [2])\n", text) == (
        "x = f(\n    1,\n    [\n        2,\n        g(\n            3,  # three\n        ),\n"
        "    ],\n)\n"
    )


@pytest.mark.parametrize(
    ("old_text", "text"),
    [
        ("x = f(1, [\n    2,\n])\n", "x = f(3, [\n    2,\n])\n"),
        ("x = 1\n", "x = f(g(\n    2,\n),  # two\n    3,\n)\n"),
        ("x = 1\n", 'x = f("""a\nb""")\n'),
    ],
    ids=["that was so before", "whose comment would be lost", "that is a string"],
)
def test_a_line_that_leaves_two_brackets_open_stays(old_text: str, text: str) -> None:
    assert break_long_lines(old_text, text) == text


def test_lines_are_broken_with_the_indentation_of_the_file() -> None:
    old_text = "def f():\n\treturn g(1)\n"
    text = f'def f():\n\treturn g("{"a" * 50}", "{"b" * 50}")\n'
    assert break_long_lines(old_text, text) == (
        f'def f():\n\treturn g(\n\t\t"{"a" * 50}",\n\t\t"{"b" * 50}",\n\t)\n'
    )


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        (
            "from __future__ import annotations\n\nimport os\n\nfrom tailboard import Row\n",
            {"attr"},
            "from __future__ import annotations\n\nimport os\n\nimport attr\n\n"
            "from tailboard import Row\n",
        ),
        (
            "import os\n\nfrom tailboard import Row\n",
            {"replace"},
            "from dataclasses import replace\nimport os\n\nfrom tailboard import Row\n",
        ),
        (
            "from tailboard.panels import (\n    errors,  # 5xx\n    traffic,\n)\n",
            {"latency"},
            "from tailboard.panels import (\n    errors,  # 5xx\n    latency,\n    traffic,\n)\n",
        ),
        (
            "def f():\n    from tailboard.panels.kinds import raw\n",
            {"raw"},
            "from tailboard.panels.kinds import raw\n\ndef f():\n"
            "    from tailboard.panels.kinds import raw\n",
        ),
    ],
)
def test_imports_are_put_where_they_belong(text: str, names: set[str], expected: str) -> None:
    assert add_imports(text, names) == expected


def test_an_import_of_grafanalib_stands_with_those_of_other_packages() -> None:
    text = "import attr\n\nfrom tailboard import Row\n"
    assert add_imports(text, {"TimeSeries"}) == (
        "import attr\nfrom grafanalib.core import TimeSeries\n\nfrom tailboard import Row\n"
    )


@pytest.mark.parametrize(
    ("imports", "expected"),
    [
        ("from a import b, c as d\n", "from a import b\n"),
        ("from a import (\n    b,\n    c as d,  # it\n)\n", "from a import (\n    b,\n)\n"),
        ("import b\n\nfrom a import d\n", "import b\n"),
        ("import b\nimport e  # not used before\n", "import b\nimport e  # not used before\n"),
    ],
    ids=["of several", "on a line of its own", "alone in its group", "none"],
)
def test_an_import_that_a_patch_leaves_without_a_use_is_taken_out(
    imports: str, expected: str
) -> None:
    old_text, text = f"{imports}\nx = [b(), d()]\n", f"{imports}\nx = [b()]\n"
    assert drop_imports(old_text, text) == f"{expected}\nx = [b()]\n"


def test_a_name_that_is_imported_is_not_imported_again() -> None:
    text = "import attr\nfrom tailboard.panels.kinds import raw\n"
    assert add_imports(text, {"attr", "raw"}) == text
    assert Name("raw").text in text


def test_each_line_keeps_its_end_and_new_ones_end_as_most_do() -> None:
    old_text = "a\r\nb\nc\r\nd"
    assert unify_line_ends(old_text) == "a\nb\nc\nd"
    assert restore_line_ends(old_text, "a\nb\nx\nc\nd") == "a\r\nb\nx\r\nc\r\nd"
    assert restore_line_ends("a\nb\n", "a\nx\n") == "a\nx\n"


def test_a_diff_says_where_no_line_end_is_and_splits_at_line_ends_alone() -> None:
    diff = render_diff("x.py", "a\nb\x0c'\u2028'", "a\nc\n")
    assert diff.endswith("-b\x0c'\u2028'\n\\ No newline at end of file\n+c\n")
