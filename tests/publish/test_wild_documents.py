"""Dashboards that a hand or a program has mutilated: findings or a mistake, no traceback."""

import json
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailboard.definitions.exceptions import convert_shape_errors
from tailboard.findings.finding import Finding
from tailboard.lint.engine import lint_run, lint_subject
from tailboard.lint.fix import fix_document
from tailboard.lint.rules import LINT_RULES
from tailboard.panels.definition_error import DefinitionError
from tailboard.queries.subject import build_document_subject, build_rules_subject
from tests.dashboards.sample_dashboards import library_documents
from tests.publish.lint.test_lint_rules import alert, asking, dashboard, limits, panel
from tests.publish.workshop import Workshop

Json = dict[str, Any]

OURS = library_documents()["prometheus_client-fixed/orders-overview"]
THEIRS = dashboard(
    panel("rate(a_total[1m])", datasource="Prometheus", type="graph", fieldConfig=limits(1)),
    {"type": "row", "panels": [panel("sum by (endpoint) (b)", 'c{le="1",namespace="d"}')]},
    rows=[{"panels": [panel("a", type="singlestat", span=4)]}],
    annotations={"list": [{"name": "deploys", "expr": "a", "datasource": {"uid": "P1"}}]},
    refresh="1s",
)
RULES = build_rules_subject(alert("sum(a) > 1")["groups"], "rules", "s")

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["row", "graph", "prometheus", "$a", "rate(a[1m]", "${datasource}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every node of a document."""
    inner: list[tuple[Any, Any]] = list(value.items()) if isinstance(value, dict) else []
    inner += enumerate(value) if isinstance(value, list) else []
    return [path, *(found for key, it in inner for found in places(it, (*path, key)))]


def put(document: Json, path: tuple[Any, ...], value: Any) -> None:
    """Replace a node; not where another mutilation has taken it away."""
    node: Any = document
    with suppress(IndexError, KeyError, TypeError):
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = value


def mutilated(whole: Json) -> st.SearchStrategy[Json]:
    """A real document in which a few nodes are something else."""
    ways = st.sampled_from([it for it in places(whole) if it])

    def made(changes: list[tuple[tuple[Any, ...], Any]]) -> Json:
        document = deepcopy(whole)
        for path, value in changes:
            put(document, path, value)
        return document

    return st.lists(st.tuples(ways, ANYTHING), min_size=1, max_size=4).map(made)


def judged(document: Json) -> list[Finding]:
    """What the rules find, as `lint` asks them."""
    with convert_shape_errors(document):
        subject = build_document_subject(document, "s")
        alone = list(lint_subject(subject, LINT_RULES))
    return [*alone, *lint_run([subject, RULES], LINT_RULES)]


@given(mutilated(THEIRS) | mutilated(THEIRS) | mutilated(OURS))
@settings(max_examples=200, deadline=None)
def test_a_mutilated_document_is_a_mistake_or_has_findings(document: Json) -> None:
    with suppress(DefinitionError):
        assert all(it.problem and it.tip and str(it.place) for it in judged(document))


@given(mutilated(THEIRS))
@settings(max_examples=200, deadline=None)
def test_mending_a_mutilated_document_leaves_nothing_that_could_be_mended(document: Json) -> None:
    before = deepcopy(document)
    try:
        with convert_shape_errors(document):
            made, _ = fix_document(document, "s", ())
            again, gone = fix_document(made, "s", ())
    except DefinitionError:
        return
    assert gone == []
    assert repr(again) == repr(made)
    assert repr(document) == repr(before)


@pytest.mark.parametrize(
    "document",
    [
        {"panels": [None, 1, "a", []]},
        {"panels": {"a": 1}},
        {"panels": [{"targets": {"expr": "a"}, "title": 3, "type": None}]},
        {"panels": [{"targets": [None, {"expr": None}], "title": {"a": 1}}]},
        {"templating": None, "annotations": None, "panels": None, "rows": None, "refresh": None},
        {"panels": [dict.fromkeys(panel("a"))]},
        {"uid": {"a": 1}, "panels": [asking("a")]},
        {"templating": {"list": [{"name": None, "datasource": 3}]}},
    ],
)
def test_what_is_missing_or_of_another_kind_is_no_traceback(
    workshop: Workshop, document: Json
) -> None:
    workshop.write("wild.json", json.dumps({"title": "Wild", **document}))
    for arguments in ([], ["--fix"], ["--diff"]):
        run = workshop.tailboard("lint", "wild.json", *arguments)
        assert run.code in {0, 1, 2}
        assert "Traceback" not in run.said


def test_deep_nesting_is_no_traceback(workshop: Workshop) -> None:
    workshop.write("deep.json", '{"title": "Deep", "panels": ' + "[" * 9000 + "]" * 9000 + "}")
    rows = '{"type": "row", "panels": [' * 800 + "]}" * 800
    workshop.write("rows.json", '{"title": "Rows", "panels": [' + rows + "]}")
    for name in ("deep.json", "rows.json"):
        run = workshop.tailboard("lint", name, "--fix")
        assert run.code in {0, 2}
        assert "Traceback" not in run.said


def test_a_document_of_ten_megabytes_is_judged(workshop: Workshop) -> None:
    several = [
        panel(f"rate(a{it}[1m])", id=it, title=f"Panel {it}", description="x" * 4000)
        for it in range(2400)
    ]
    path = workshop.write("large.json", json.dumps(dashboard(*several)))
    assert path.stat().st_size > 10_000_000
    run = workshop.tailboard("lint", "large.json", "--json")
    assert run.code == 1
    assert {"fixed-range", "too-many-panels", "outside-grid"} <= {it["rule"] for it in run.json}
