"""Dashboards that a hand or a program has mutilated: findings or a mistake, no traceback."""

import json
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailboard.dashboards import build_document
from tailboard.dashboards.library import overview
from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.dashboards.schema_v2.row_layout import RowLayout
from tailboard.definitions.exceptions import convert_shape_errors
from tailboard.findings.finding import Finding
from tailboard.lint.engine import lint_run, lint_subject
from tailboard.lint.fix import fix_document
from tailboard.lint.rules import LINT_RULES
from tailboard.panels.conventions import PROMETHEUS_CLIENT
from tailboard.panels.definition_error import DefinitionError
from tailboard.queries.subject import build_document_subject, build_rules_subject
from tests.dashboards.sample_dashboards import build_service
from tests.example_counts import count_examples
from tests.tailboard.lint.rules.test_lint_rules import (
    build_alert,
    build_dashboard,
    build_panel,
    build_panel_dashboard,
    build_thresholds,
)
from tests.workspace import Workspace

Json = dict[str, Any]

LIBRARY_DOCUMENT = build_document(overview(build_service(PROMETHEUS_CLIENT)))
FOREIGN_DOCUMENT = build_dashboard(
    build_panel(
        "rate(a_total[1m])", datasource="Prometheus", type="graph", fieldConfig=build_thresholds(1)
    ),
    {"type": "row", "panels": [build_panel("sum by (endpoint) (b)", 'c{le="1",namespace="d"}')]},
    rows=[{"panels": [build_panel("a", type="singlestat", span=4)]}],
    annotations={"list": [{"name": "deploys", "expr": "a", "datasource": {"uid": "P1"}}]},
    refresh="1s",
)
V2_DOCUMENT = convert_document(
    build_dashboard(
        build_panel("rate(a_total[1m])", 'c{le="1",namespace="d"}', id=3),
        {"type": "row", "title": "Row", "gridPos": {"h": 1, "w": 24, "x": 0, "y": 9}},
        build_panel("a", id=4),
        build_panel("b", id=5),
        templating={"list": [{"name": "datasource", "type": "datasource", "query": "prometheus"}]},
        editable=False,
        refresh="1s",
    ),
    [RowLayout("Row", tab="Tab", hide_empty=True)],
)
RULE_SUBJECT = build_rules_subject(build_alert("sum(a) > 1")["groups"], "rules", "s")

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["row", "graph", "prometheus", "$a", "rate(a[1m]", "${datasource}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


def walk_paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every node of a document."""
    inner: list[tuple[Any, Any]] = list(value.items()) if isinstance(value, dict) else []
    inner += enumerate(value) if isinstance(value, list) else []
    return [
        path,
        *(node_path for key, item in inner for node_path in walk_paths(item, (*path, key))),
    ]


def replace_node(document: Json, path: tuple[Any, ...], value: Any) -> None:
    """Replace a node; not where another mutilation has taken it away."""
    node: Any = document
    with suppress(IndexError, KeyError, TypeError):
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = value


def mutilate_document(whole: Json) -> st.SearchStrategy[Json]:
    """A real document in which a few nodes are something else."""
    ways = st.sampled_from([path for path in walk_paths(whole) if path])

    def replace_nodes(changes: list[tuple[tuple[Any, ...], Any]]) -> Json:
        document = deepcopy(whole)
        for path, value in changes:
            replace_node(document, path, value)
        return document

    return st.lists(st.tuples(ways, JSON_VALUES), min_size=1, max_size=4).map(replace_nodes)


def lint_document(document: Json) -> list[Finding]:
    """What the rules find, as `lint` asks them."""
    with convert_shape_errors(document):
        subject = build_document_subject(document, "s")
        alone = list(lint_subject(subject, LINT_RULES))
    return [*alone, *lint_run([subject, RULE_SUBJECT], LINT_RULES)]


@given(
    mutilate_document(FOREIGN_DOCUMENT)
    | mutilate_document(V2_DOCUMENT)
    | mutilate_document(LIBRARY_DOCUMENT)
)
@settings(max_examples=count_examples(200))
def test_a_mutilated_document_is_a_mistake_or_has_findings(document: Json) -> None:
    with suppress(DefinitionError):
        assert all(
            finding.problem and finding.tip and str(finding.place)
            for finding in lint_document(document)
        )


@given(mutilate_document(FOREIGN_DOCUMENT) | mutilate_document(V2_DOCUMENT))
@settings(max_examples=count_examples(200))
def test_mending_a_mutilated_document_leaves_nothing_that_could_be_mended(document: Json) -> None:
    before = deepcopy(document)
    try:
        with convert_shape_errors(document):
            result_document, _ = fix_document(document, "s", ())
            again, fixed_findings = fix_document(result_document, "s", ())
    except DefinitionError:
        return
    assert fixed_findings == []
    assert repr(again) == repr(result_document)
    assert repr(document) == repr(before)


@pytest.mark.parametrize(
    "document",
    [
        {"panels": [None, 1, "a", []]},
        {"panels": {"a": 1}},
        {"panels": [{"targets": {"expr": "a"}, "title": 3, "type": None}]},
        {"panels": [{"targets": [None, {"expr": None}], "title": {"a": 1}}]},
        {"templating": None, "annotations": None, "panels": None, "rows": None, "refresh": None},
        {"panels": [dict.fromkeys(build_panel("a"))]},
        {"uid": {"a": 1}, "panels": [build_panel_dashboard("a")]},
        {"templating": {"list": [{"name": None, "datasource": 3}]}},
    ],
)
def test_what_is_missing_or_of_another_kind_is_no_traceback(
    workspace: Workspace, document: Json
) -> None:
    workspace.write_file("wild.json", json.dumps({"title": "Wild", **document}))
    for arguments in ([], ["--fix"], ["--diff"]):
        run = workspace.run_tailboard("lint", "wild.json", *arguments)
        assert run.exit_code in {0, 1, 2}
        assert "Traceback" not in run.output


def test_deep_nesting_is_no_traceback(workspace: Workspace) -> None:
    workspace.write_file(
        "deep.json", '{"title": "Deep", "panels": ' + "[" * 9000 + "]" * 9000 + "}"
    )
    rows = '{"type": "row", "panels": [' * 800 + "]}" * 800
    workspace.write_file("rows.json", '{"title": "Rows", "panels": [' + rows + "]}")
    for name in ("deep.json", "rows.json"):
        run = workspace.run_tailboard("lint", name, "--fix")
        assert run.exit_code in {0, 2}
        assert "Traceback" not in run.output


def test_a_document_of_ten_megabytes_is_judged(workspace: Workspace) -> None:
    several = [
        build_panel(
            f"rate(a{number}[1m])", id=number, title=f"Panel {number}", description="x" * 4000
        )
        for number in range(2400)
    ]
    path = workspace.write_file("large.json", json.dumps(build_dashboard(*several)))
    assert path.stat().st_size > 10_000_000
    run = workspace.run_tailboard("lint", "large.json", "--json")
    assert run.exit_code == 1
    assert {"fixed-range", "too-many-panels", "outside-grid"} <= {
        finding["rule"] for finding in run.json["findings"]
    }
