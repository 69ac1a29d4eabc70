"""One line of an exposition: what it says, and which versions of Prometheus refuse it.

The verdicts are those of Prometheus 2.42 and 3.16, which tests/live asks again.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.metrics.sample import (
    DIALECTS,
    OPENMETRICS,
    TEXT,
    VERSION_2,
    Dialect,
    parse_float,
    parse_line,
)

NOBODY: tuple[Dialect, ...] = ()
OLD_OPENMETRICS: tuple[Dialect, ...] = ("openmetrics 2",)
VERDICTS: list[tuple[str, tuple[Dialect, ...]]] = [
    ("a 1", NOBODY),
    ("a{} 1", NOBODY),
    ('a{b="c"} 1', NOBODY),
    ('a{b="c",d="e"} -1.5e+3', NOBODY),
    ('a{b="c\\"\\\\\\n\\d"} +Inf', NOBODY),
    ('a{b=""} .5', NOBODY),
    ('a{b="1",b=""} 1', NOBODY),
    ('a{b="é"} nan', NOBODY),
    ("a 1 1700000000", NOBODY),
    ("a 1.", NOBODY),
    ("", OPENMETRICS),
    ('a{b="c",} 1', OLD_OPENMETRICS),
    ('a{ b = "c" , d="e" } 1', OPENMETRICS),
    ('a{b="c" d="e"} 1', OPENMETRICS),
    ("a\t.5", OPENMETRICS),
    ("a  1", OPENMETRICS),
    ("a 1 ", OPENMETRICS),
    ('a {b="c"} 1', OPENMETRICS),
    ('a{b="c"}1', OPENMETRICS),
    ("a-1", OPENMETRICS),
    ('a{b="c\nd"} 1', OPENMETRICS),
    ("a +Inf 1700000000.123", TEXT),
    ("a 1 -5", TEXT),
    ("a_total 1 # {} 0.5", TEXT),
    ('a_total 1 5 # {b="c",d="e"} 0.5 170.1', TEXT),
    ('a_total{b="c # {"} 1 # {d="} # {"} 0.5', TEXT),
    ('a 1 # {b="c"} 1', (*TEXT, "openmetrics 2")),
    ('{"a"} 1', VERSION_2),
    ('{"a",b="c"} 1', VERSION_2),
    ('{b="c","a.d"} 1', VERSION_2),
    ('{"a",} 1', VERSION_2),
    ('a{"b.c"="d"} 1', VERSION_2),
    ('{"a", b="c"} 1', ("text 2", *OPENMETRICS)),
    (" a 1", ("text 2", *OPENMETRICS)),
    ('a{job="b",job="c"} 1', ("text 3", "openmetrics 3")),
    ("a", DIALECTS),
    ("a{", DIALECTS),
    ('a{b="c} 1', DIALECTS),
    ('a{b="c"}', DIALECTS),
    ("a b", DIALECTS),
    ("1 1", DIALECTS),
    ("a{b=c} 1", DIALECTS),
    ("a{b='c'} 1", DIALECTS),
    ('a{b-c="d"} 1', DIALECTS),
    ('a{b:c="d"} 1', DIALECTS),
    ('a{1b="c"} 1', DIALECTS),
    ('a{b="c",,d="e"} 1', DIALECTS),
    ("a{,} 1", DIALECTS),
    ('a{b="c\\\nd"} 1', DIALECTS),
    ('a{b="1",b="2"} 1', DIALECTS),
    ('a{__name__="b"} 1', DIALECTS),
    ('{b="c"} 1', DIALECTS),
    ('{""} 1', DIALECTS),
    ('{"a","b"} 1', DIALECTS),
    ('a{"b"} 1', DIALECTS),
    ('{"a",""="b"} 1', DIALECTS),
    ('a{b="\udce9"} 1', DIALECTS),
    ('{"\udce9"} 1', DIALECTS),
    ("a 1 2 3", DIALECTS),
    ("a 1 # b", DIALECTS),
    ("a 1 NaN", DIALECTS),
    ("a 1 9223372036854775808 ", DIALECTS),
    ("a 1e999", DIALECTS),
    ("a 0x10", DIALECTS),
    ("a 1_000", DIALECTS),
    ("a 1,5", DIALECTS),
    ("a ١", DIALECTS),
    ("a +nan", DIALECTS),
    ("a.b 1", DIALECTS),
    ("a {count:3,sum:2,schema:0}", DIALECTS),
    ("a 1 st@5", DIALECTS),
    ("a 1\r", DIALECTS),
    ("\ufeffa 1", DIALECTS),
    ("\r", DIALECTS),
    ("<html>", DIALECTS),
    ("# HELP a b", NOBODY),
    ("# HELP a b\r", NOBODY),
    ("# HELP a ", NOBODY),
    ("# TYPE a counter", NOBODY),
    ("# HELP a", OPENMETRICS),
    ("# a comment", OPENMETRICS),
    ("#TYPE a counter", OPENMETRICS),
    ("# \udce9", OPENMETRICS),
    ("# TYPE a untyped", OPENMETRICS),
    ("#  TYPE\ta\tcounter", OPENMETRICS),
    ("# UNIT a seconds", OPENMETRICS),
    ("# UNIT seconds seconds", OPENMETRICS),
    ("# EOF ", OPENMETRICS),
    ("# UNIT a_seconds seconds", NOBODY),
    ("# EOF", NOBODY),
    ("# TYPE a info", TEXT),
    ("# TYPE a unknown", TEXT),
    ("# TYPE a gaugehistogram", TEXT),
    ('# TYPE "a.b" counter', VERSION_2),
    ("# TYPE a", DIALECTS),
    ("# TYPE a counter ", DIALECTS),
    ("# TYPE a  counter", DIALECTS),
    ("# TYPE a counter\r", DIALECTS),
    ("# TYPE 1a counter", DIALECTS),
    ("# HELP  ", DIALECTS),
    ("# HELP a \udce9", DIALECTS),
]


@pytest.mark.parametrize(("text", "refusing"), VERDICTS)
def test_a_line_is_refused_by_those_who_refuse_it(text: str, refusing: tuple[Dialect, ...]) -> None:
    problems = parse_line(text).problems
    assert {*problems} == {*refusing}
    assert all(problems.values())


@pytest.mark.parametrize(
    ("text", "name", "labels", "value"),
    [
        ("a 1", "a", {}, 1),
        ('a{b="c",d="e"} 2.5 1700000000', "a", {"b": "c", "d": "e"}, 2.5),
        ('a{b="c\\"\\\\\\n\\d"} 1', "a", {"b": 'c"\\\n\\d'}, 1),
        ('{"a.b","c.d"="e"} 1', "a.b", {"c.d": "e"}, 1),
        ('{b="c","a"} 1', "a", {"b": "c"}, 1),
        ('a_total{b="c"} 1 # {d="e"} 0.5', "a_total", {"b": "c"}, 1),
        ('a{b="c\nd"} 1', "a", {"b": "c\nd"}, 1),
        ("a-1", "a", {}, -1),
        (" a 1", " a", {}, 1),
    ],
)
def test_a_sample_is_what_prometheus_stores(
    text: str, name: str, labels: dict[str, str], value: float
) -> None:
    assert parse_line(text).sample == (name, labels, value)


def test_a_comment_declares_a_family() -> None:
    assert parse_line("# TYPE a counter").family == ("a", "counter")
    assert parse_line('# TYPE "a.b" gauge').family == ("a.b", "gauge")
    assert parse_line("# TYPE a info").family == ("a", "info")
    assert parse_line("# HELP a counter").family is None
    assert parse_line("# TYPE a meter").is_refused


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a 1\r", "carriage return"),
        ("\ufeffa 1", "byte order mark"),
        ('a{b="\udce9"} 1', r"\xe9 is not valid UTF-8"),
        ('a{b="1",b="2"} 1', "the label b twice"),
        ("# TYPE a info", "'info' is no type of the text format"),
        ("# UNIT a seconds", "the unit seconds is not the end of a"),
        ('a{b="c', 'a string is not closed: b="c'),
        ("a 1 # b", "there is no number behind a metric:  1 # b"),
    ],
)
def test_the_reason_says_what_is_wrong(text: str, reason: str) -> None:
    assert any(reason in problem for problem in parse_line(text).problems.values())


@pytest.mark.parametrize("text", ['a{b="c', 'a{b="c",d="', '{"a', 'a{"b', '# TYPE "a'])
def test_a_string_may_go_on_in_the_next_line(text: str) -> None:
    assert parse_line(text).is_open


@pytest.mark.parametrize("text", ["a{b=", 'a{b="c\\', 'a{b="c"', "a", "# HELP", "# EOF"])
def test_nothing_else_goes_on_in_the_next_line(text: str) -> None:
    assert not parse_line(text).is_open


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("-.5e-3", -0.0005), ("1e-999", 0), ("INF", float("inf")), ("1e999", None)],
)
def test_numbers_are_those_of_go(text: str, value: float | None) -> None:
    assert parse_float(text) == value


@given(st.text('ab_:{}"=, \t#\\1.e+\r\n\ufeffé\udce9TYPEHLUNOF', max_size=40))
def test_any_line_is_taken_or_refused_with_a_reason(text: str) -> None:
    line = parse_line(text)
    assert {*line.problems} <= {*DIALECTS}
    assert all(0 < len(problem) < 200 for problem in line.problems.values())
    assert line.is_refused or not text.strip(" \t") or line.sample or text.lstrip(" \t")[0] == "#"


@pytest.mark.parametrize(
    "text",
    [
        "a{" + ",".join(f'b{number}="c"' for number in range(50_000)) + "} 1",
        'a{b="' + '\\"' * 200_000,
        "a{" + 'b="c",' * 50_000,
        "a 1" + "\r" * 300_000,
        "\ufeff" * 300_000 + "a 1",
        "# TYPE " + "a" * 300_000,
        "# TYPE a" + " " * 300_000 + "b c",
        " " * 300_000 + "a 1",
        "a " + "1" * 300_000 + "x",
        'a 1 # {b="' + "c" * 300_000,
        "{" + '"a",' * 50_000,
    ],
    ids=lambda text: text[:12],
)
def test_a_long_line_is_taken_or_refused_too(text: str) -> None:
    assert len(parse_line(text).problems) in {0, 3, 4}
