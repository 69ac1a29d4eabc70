"""Prometheus' templates: what cannot be parsed, and what a template shows of its alert."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailboard.lint.alert_template import read_template
from tests.example_counts import count_examples


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{{ $labels.a", "unclosed action"),
        ("{{ $labels.a | upper }}", "function 'upper' not defined"),
        ("{{ $label.a }}", "undefined variable '$label'"),
        ("{{ if $value }}a", "an {{ end }} is missing"),
        ("{{ end }}", "unexpected {{end}}"),
        ("{{ $labels.a-b }}", "bad character '-'"),
        ("{{ }}", "missing value for command"),
        ("{{/* a", "unclosed comment"),
        ("{{ break }}", "outside {{range}}"),
        ('{{ "a }}', "unterminated quoted string"),
        ("{{ ($value }}", "unclosed left paren"),
        (f"{'{{ if 1 }}' * 5000}{'{{ end }}' * 5000}", "deep"),
        (f"{{{{ {'(' * 5000}1{')' * 5000} }}}}", "deep"),
        ("{{ if 1 }}" + "{{ else if 1 }}" * 5000 + "{{ end }}", "deep"),
    ],
)
def test_what_prometheus_cannot_parse_has_a_reason(text: str, problem: str) -> None:
    assert problem in read_template(text).problem


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("plain", set()),
        ("{{ $labels.a }} and {{ .Labels.b }} and {{ $.Labels.c }}", {"a", "b", "c"}),
        ('{{ index $labels "a.b" }}', {"a.b"}),
        ('{{ printf "%s" $labels.a | toUpper }}', {"a"}),
        ("{{ if $labels.a }}{{ $labels.a }}{{ $labels.b }}{{ end }}", set()),
        ("{{ with $labels.a }}{{ . }}{{ end }}", set()),
        ('{{ or $labels.a "none" }}', set()),
        ('{{ range query "up" }}{{ .Labels.a }}{{ end }}', set()),
        ('{{ (query "up" | first).Labels.a }}', set()),
        ("{{ $externalLabels.a }}", set()),
    ],
)
def test_the_labels_that_are_shown_without_a_test_are_known(text: str, labels: set[str]) -> None:
    template = read_template(text)
    assert (template.problem, set(template.labels)) == ("", labels)


def test_queries_and_fields_are_known() -> None:
    template = read_template(
        '{{ with printf "a" | query }}{{ end }}{{ query "up" | first | value }}'
    )
    assert template.queries == ("up",)
    assert set(read_template("{{ .CommonLabels.a }}").fields) == {"CommonLabels"}
    assert read_template("{{ $value }}").has_value


@given(st.text(alphabet="{}$.|()\"'`/*-ab1 \n:=,iféndwth", max_size=60))
@settings(max_examples=count_examples(500))
def test_no_text_is_an_unexpected_error(text: str) -> None:
    read_template(f"{{{{{text}")
    read_template(text)
