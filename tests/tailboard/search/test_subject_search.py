"""What is found in dashboards and rules: names by the parsed queries, texts anywhere."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.lint.rule_files.read import parse_rule_file
from tailboard.queries.subject import Subject, build_document_subject
from tailboard.search.lines import LineIndex
from tailboard.search.match import MATCH_KINDS, MatchKind
from tailboard.search.pattern import SearchPattern
from tailboard.search.subject_search import SubjectSearch

PROMETHEUS = {"type": "prometheus", "uid": "main"}
DOCUMENT: dict[str, Any] = {
    "title": "Orders",
    "uid": "orders",
    "description": "Of the shop.",
    "panels": [
        {
            "id": 1,
            "type": "timeseries",
            "title": "P99",
            "datasource": PROMETHEUS,
            "targets": [
                {
                    "refId": "A",
                    "expr": 'sum by (route) (rate(took_bucket{job="shop"}[5m])) # errors_total',
                    "legendFormat": "{{route}} of {{ job }}",
                },
                {"refId": "B", "expr": '{__name__=~"errors_.*"}'},
            ],
        },
        {
            "id": 2,
            "type": "row",
            "title": "Logs",
            "panels": [
                {
                    "id": 3,
                    "type": "logs",
                    "title": "Lines",
                    "datasource": {"type": "loki", "uid": "logs"},
                    "targets": [{"refId": "A", "expr": '{app="Shop"} |= "took_bucket"'}],
                },
                {
                    "id": 4,
                    "type": "table",
                    "title": "Rows",
                    "datasource": {"type": "mysql", "uid": "db"},
                    "targets": [{"refId": "A", "rawSql": "SELECT took FROM orders"}],
                },
            ],
        },
    ],
    "templating": {
        "list": [
            {"name": "datasource", "type": "datasource", "query": "prometheus"},
            {
                "name": "route",
                "type": "query",
                "datasource": PROMETHEUS,
                "query": {"query": "label_values(took_count, route)", "refId": "V"},
                "definition": "label_values(took_count, route)",
            },
            {
                "name": "job",
                "type": "query",
                "datasource": PROMETHEUS,
                "query": "label_values(job)",
            },
        ]
    },
    "annotations": {
        "list": [
            {
                "name": "Deploys",
                "datasource": PROMETHEUS,
                "expr": "changes(errors_total[5m])",
                "titleFormat": "{{version}}",
            }
        ]
    },
    "links": [{"title": "Runbook", "url": "https://wiki/took_bucket"}],
}
RULES = b"""\
groups:
  - name: shop
    rules:
      - record: job:took:p99
        expr: histogram_quantile(0.99, sum by (le, job) (rate(took_bucket[5m])))
      - alert: Slow
        expr: job:took:p99 > 1
        annotations:
          summary: "{{ $labels.job }} is slow, took too long"
"""


def build_subject(document: dict[str, Any] = DOCUMENT) -> Subject:
    return build_document_subject(document, "d.json")


def find(
    text: str, *, subject: Subject | None = None, kinds: Sequence[MatchKind] = MATCH_KINDS
) -> list[tuple[str, str, str, str]]:
    matches = SubjectSearch(SearchPattern(text), kinds).list_matches(subject or build_subject())
    return [(match.kind, match.name, match.place.panel, match.field) for match in matches]


def test_a_metric_is_found_with_the_parts_of_its_histogram_and_not_within_other_names() -> None:
    assert find("took", kinds=["metric"]) == [
        ("metric", "took_bucket", "P99", "expr"),
        ("metric", "took_count", "variable route", "query"),
    ]
    assert find("took_bucket", kinds=["metric"]) == [("metric", "took_bucket", "P99", "expr")]
    assert find("too", kinds=["metric"]) == []


def test_a_selector_by_a_pattern_is_found_and_a_comment_is_none() -> None:
    assert find("errors_total", kinds=["metric"]) == [
        ("metric", '{__name__=~"errors_.*"}', "P99", "expr"),
        ("metric", "errors_total", "annotation Deploys", "expr"),
    ]


def test_a_selector_of_all_metrics_is_no_use_of_one() -> None:
    panel = {"title": "P", "targets": [{"refId": "A", "expr": 'count({__name__=~".+"})'}]}
    subject = build_subject({"title": "D", "panels": [panel]})
    assert find("took_bucket", subject=subject) == []


def test_a_label_is_found_in_queries_legends_and_variables() -> None:
    assert find("route", kinds=["label"]) == [
        ("label", "route", "P99", "expr"),
        ("label", "route", "P99", "legendFormat"),
        ("label", "route", "variable route", "query"),
    ]
    assert find("job", kinds=["label"]) == [
        ("label", "job", "P99", "expr"),
        ("label", "job", "P99", "legendFormat"),
        ("label", "job", "variable job", "query"),
    ]
    assert find("version", kinds=["label"]) == [
        ("label", "version", "annotation Deploys", "titleFormat")
    ]


def test_a_data_source_is_found_by_its_uid_and_its_type() -> None:
    assert find("logs", kinds=["data-source"]) == [("data-source", "logs", "Lines", "datasource")]
    assert find("mysql", kinds=["data-source"]) == [("data-source", "mysql", "Rows", "datasource")]
    assert {place for _, _, place, _ in find("main", kinds=["data-source"])} == {
        *("P99", "annotation Deploys", "variable job", "variable route"),
    }


def test_a_text_is_found_anywhere_in_any_case() -> None:
    assert find("SHOP", kinds=["text"]) == [
        ("text", "shop", "", "description"),
        ("text", "shop", "P99", "expr"),
        ("text", "Shop", "Lines", "expr"),
    ]
    assert find("from orders") == [("text", "FROM orders", "Rows", "rawSql")]
    assert find("wiki", kinds=["text"]) == [("text", "wiki", "link Runbook", "url")]


def test_what_is_found_as_a_name_is_not_found_as_a_text_again() -> None:
    assert find("took_bucket") == [
        ("metric", "took_bucket", "P99", "expr"),
        ("text", "took_bucket", "Lines", "expr"),
        ("text", "took_bucket", "link Runbook", "url"),
    ]


def test_a_star_stands_for_any_characters() -> None:
    assert find("*_total", kinds=["metric"]) == [
        ("metric", "errors_total", "annotation Deploys", "expr")
    ]
    assert find("select*orders") == [("text", "SELECT took FROM orders", "Rows", "rawSql")]
    assert find("took.*") == []


def test_a_dashboard_of_schema_v2_is_searched_as_one_of_schema_v1() -> None:
    v2_subject = build_subject(convert_document(DOCUMENT))
    for text in ("took", "route", "errors_total", "wiki"):
        assert find(text, subject=v2_subject) == find(text)


def test_rules_are_searched_with_their_templates_and_records() -> None:
    (subject,) = parse_rule_file(RULES, "r.yaml", "r.yaml")
    assert find("took", subject=subject) == [
        ("metric", "took_bucket", "job:took:p99", "expr"),
        ("text", "took", "job:took:p99", "record"),
        ("text", "took", "Slow", "expr"),
        ("text", "took", "Slow", "summary"),
    ]
    assert find("job:took:p99", subject=subject, kinds=["metric"]) == [
        ("metric", "job:took:p99", "job:took:p99", "record"),
        ("metric", "job:took:p99", "Slow", "expr"),
    ]
    assert find("job", subject=subject, kinds=["label"]) == [
        ("label", "job", "job:took:p99", "expr"),
        ("label", "job", "Slow", "summary"),
    ]


def test_an_expression_that_cannot_be_parsed_is_searched_as_a_text() -> None:
    panel = {"title": "P", "targets": [{"refId": "A", "expr": "sum(took_bucket"}]}
    subject = build_subject({"title": "D", "panels": [panel]})
    assert find("took_bucket", subject=subject) == [("text", "took_bucket", "P", "expr")]


@pytest.mark.parametrize(
    ("name", "content", "lines"),
    [
        ("d.json", json.dumps({"a": ["x\n", "y"], "b": "y"}, indent=1), {"x\n": [3], "y": [4, 6]}),
        ("r.yaml", "a: x\nb: |\n  y\nc: 'y\\n'\n", {"x": [1], "y\n": [3]}),
        ("p.py", "A = 1\nB = ['x',\n 'y']\n", {"x": [2], "y": [3]}),
        ("broken.json", "{", {"x": [0]}),
        ("broken.yaml", "a: [", {"x": [0]}),
        ("broken.py", "a = (", {"x": [0]}),
        ("other.txt", "x", {"x": [0]}),
    ],
)
def test_texts_have_the_lines_on_which_they_stand(
    tmp_path: Path, name: str, content: str, lines: dict[str, list[int]]
) -> None:
    path = tmp_path / name
    path.write_text(content)
    index = LineIndex(path)
    for text, numbers in lines.items():
        assert [index.find_line(text) for _ in numbers] == numbers


def test_a_text_that_is_built_has_the_line_of_the_only_text_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "p.py"
    path.write_text("A = 'took_total'\nB = 'errors_total'\nC = 'errors_total{}'\n")
    index = LineIndex(path)
    assert index.find_line("rate(took_total[5m])", "took_total") == 1
    assert index.find_line("rate(errors_total[5m])", "errors_total") == 0
