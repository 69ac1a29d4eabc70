"""Whether Prometheus would take a scrape, by format and version, and what is wrong with it."""

import io

import pytest

from tailboard.metrics.catalogue import Catalogue
from tailboard.metrics.exposition import read_exposition

TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def read_catalogue(text: str | bytes, content_type: str | None = None) -> Catalogue:
    data = text.encode() if isinstance(text, str) else text
    catalogue = Catalogue()
    read_exposition(io.BytesIO(data), catalogue, "app", content_type)
    return catalogue


def describe_refusal(text: str | bytes, content_type: str | None = None) -> str:
    catalogue = read_catalogue(text, content_type)
    assert bool(catalogue.refusals) != bool(catalogue.metrics or catalogue.families)
    return catalogue.refusals[0].describe_problem() if catalogue.refusals else ""


@pytest.mark.parametrize(
    "text",
    [
        "# HELP a b\n# TYPE a gauge\na 1\n# HELP a c\n# TYPE a gauge\na 2\n",
        "a 1\n\n \na 2",
        "# a comment\na 1\n# EOF\nb 2\n",
        'a{b="c\nd"} 1\n',
        "a 1\n\0 what is behind it is not read\n",
        "# TYPE a unknown\na 1\n# EOF\n",
        "# TYPE a unknown\na 1\n# EOF",
        "# TYPE a unknown\na 1\n# EOF\n\n",
    ],
)
def test_what_prometheus_takes_is_read(text: str) -> None:
    catalogue = read_catalogue(text)
    assert not catalogue.refusals
    assert not catalogue.notes
    assert "a" in catalogue.metrics


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a 1\nb c\n", "line 2: there is no number behind a metric:  c"),
        ("a 1\nb c\nd e\n", "line 2: there is no number behind a metric:  c, and one more line"),
        ("x 1\n" + "bad\n" * 9, "line 2: there is no number behind a metric: , and 8 more lines"),
        ("a 1\r\nb 2\r\n", "line 1: a line ends with a carriage return: CR LF, and one more line"),
        (b"\xef\xbb\xbfa 1\n", "line 1: it begins with a byte order mark"),
        (b'a 1\nb{c="caf\xe9"} 1\n', r"line 2: caf\xe9 is not valid UTF-8"),
        ("a 1\n# TYPE b info\n", "line 2: 'info' is no type of the text format"),
        ("a 1\n# EOF\nb 2\n# EOF\n", "line 3: there is something behind # EOF"),
        ("a 1\n\n# EOF\n", "line 2: a line is empty, which OpenMetrics does not allow"),
        ("a 1\n# UNIT b s\n# EOF\n", "line 2: the unit s is not the end of b"),
        ('a 1\nb{c="d', "line 2: the text is cut off"),
        ("a 1\nb{c=", "line 2: the text is cut off"),
    ],
)
def test_a_file_is_refused_with_the_line_and_the_reason(text: str | bytes, problem: str) -> None:
    assert describe_refusal(text) == problem


def test_the_metrics_of_a_refused_scrape_have_no_series() -> None:
    catalogue = read_catalogue('# TYPE a counter\na_total{b="c"} 1\nbad\n')
    assert not catalogue.metrics
    assert not catalogue.families
    assert {*catalogue.refused_names} == {"a", "a_total"}


def test_a_refused_scrape_leaves_those_of_others() -> None:
    catalogue = read_catalogue("a 1\n")
    read_exposition([b"b 1\n", b"bad\n"], catalogue, "other")
    assert {*catalogue.metrics} == {"a"}
    assert [refusal.source for refusal in catalogue.refusals] == ["other"]


@pytest.mark.parametrize(
    ("text", "content_type", "note"),
    [
        ('{"a.b"} 1\n', None, "app: Prometheus 2 refuses it: line 1: a name is in quotes"),
        (" a 1\n", None, "app: Prometheus 2 refuses it: line 1: a line is indented"),
        (
            'a{job="b",job="c"} 1\n',
            None,
            "app: Prometheus 3 refuses it: line 1: a sample has the label job twice",
        ),
        (
            "a 1\n",
            "",
            "app: Prometheus 3 refuses it: the answer has no Content-Type, and no "
            "fallback_scrape_protocol is known",
        ),
        (
            "a 1\n",
            "text/html",
            "app: Prometheus 3 refuses it: it does not read the Content-Type text/html",
        ),
    ],
)
def test_what_one_version_takes_is_read_with_a_note(
    text: str, content_type: str | None, note: str
) -> None:
    catalogue = read_catalogue(text, content_type)
    assert catalogue.metrics
    assert not catalogue.refusals
    assert catalogue.notes == [note]


def test_the_content_type_says_which_format_it_is() -> None:
    assert not describe_refusal("# a comment\na 1\n# EOF\n", TEXT_TYPE)
    assert "no comments" in describe_refusal("# a comment\na 1\n# EOF\n", OPENMETRICS_TYPE)
    assert "# EOF" in describe_refusal("a 1\n", OPENMETRICS_TYPE)
    assert not describe_refusal("a 1\n", "TEXT/Plain;charset=x")
    assert not read_catalogue("a 1\n# EOF\n", 'application/openmetrics-text; version="1.0.0"').notes
    assert read_catalogue("a 1\n# EOF\n", "application/openmetrics-text; version=2.0.0").notes
