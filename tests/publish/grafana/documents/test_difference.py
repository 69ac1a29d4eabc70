"""What changes from one document to another, in words."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from tailboard.publish.grafana.documents.checksum import compute_checksum
from tailboard.publish.grafana.documents.difference import OTHER_CHANGE, describe_differences
from tailboard.publish.grafana.documents.marker import add_marker
from tests.publish.grafana.sample_documents import (
    INNER_PANEL,
    INSIGNIFICANT_PATHS,
    LATENCY_PANEL,
    ORDERS_DOCUMENT,
    Document,
    Path,
    change_leaf,
    copy_orders,
    mutilated_documents,
    walk_leaves,
)

Change = Callable[[Document], Any]


def find_latency_panel(document: Document) -> Any:
    """The panel with the percentile."""
    return document["panels"][1]


def change_query_and_threshold(document: Document) -> None:
    panel = find_latency_panel(document)
    panel["targets"][0]["expr"] = "p999"
    panel["fieldConfig"]["defaults"]["thresholds"]["steps"][1]["value"] = 0.5
    document["panels"].append({"id": 9, "title": "Apdex", "type": "gauge"})


def change_latency_panel(**fields: Any) -> Change:
    """A change of the panel with the percentile."""
    return lambda document: find_latency_panel(document).update(fields)


def change_value(*path: str | int, value: Any) -> Change:
    """A change of what stands at a place in the panel with the percentile."""

    def change(document: Document) -> None:
        at = find_latency_panel(document)
        for name in path[:-1]:
            at = at[name]
        at[path[-1]] = value

    return change


def change_thresholds(*steps: Document) -> Change:
    """Other thresholds."""
    thresholds = {"mode": "absolute", "steps": list(steps)}
    return change_value("fieldConfig", "defaults", "thresholds", value=thresholds)


def change_current_value(current: Document) -> Change:
    """A value that somebody chose for everybody."""
    return lambda document: document["templating"]["list"][1].update(current=current)


P99_PREFIX = "panel 'P99 latency': "
CASES: list[tuple[str, Change, list[str]]] = [
    (
        "what the issue asks for",
        change_query_and_threshold,
        [f"{P99_PREFIX}query changed, threshold 1 -> 0.5", "panel 'Apdex' added"],
    ),
    (
        "a panel renamed",
        change_latency_panel(title="P999"),
        ["panel 'P999': title 'P99 latency' -> 'P999'"],
    ),
    (
        "a panel moved",
        change_latency_panel(gridPos={"h": 8, "w": 12, "x": 12, "y": 1}),
        ["layout changed"],
    ),
    (
        "panels in another order",
        lambda document: document["panels"].insert(0, document["panels"].pop(2)),
        ["layout changed"],
    ),
    (
        "a panel removed",
        lambda document: document["panels"].pop(1),
        ["panel 'P99 latency' removed"],
    ),
    (
        "a panel of a closed row",
        lambda document: document["panels"][3]["panels"][0].update(type="gauge"),
        ["panel 'Up': kind 'stat' -> 'gauge'"],
    ),
    (
        "a row closed over a panel",
        lambda document: document["panels"][0].update(
            collapsed=True, panels=[document["panels"].pop(1)]
        ),
        ["row '1': collapsed false -> true", "layout changed"],
    ),
    (
        "a panel taken out of a row",
        lambda document: document["panels"].append(document["panels"][3].pop("panels")[0]),
        ["layout changed"],
    ),
    (
        "a row added",
        lambda document: document["panels"].append({"id": 8, "title": "Queue", "type": "row"}),
        ["row 'Queue' added"],
    ),
    (
        "another kind",
        change_latency_panel(type="heatmap"),
        [f"{P99_PREFIX}kind 'timeseries' -> 'heatmap'"],
    ),
    (
        "another unit",
        change_value("fieldConfig", "defaults", "unit", value="ms"),
        [f"{P99_PREFIX}unit 's' -> 'ms'"],
    ),
    (
        "a unit taken away",
        change_value("fieldConfig", "defaults", "unit", value=None),
        [f"{P99_PREFIX}unit 's' -> none"],
    ),
    (
        "a short description",
        change_latency_panel(description="So"),
        [f"{P99_PREFIX}description 'How long' -> 'So'"],
    ),
    (
        "a long description",
        change_latency_panel(description="So " * 40),
        [f"{P99_PREFIX}description changed"],
    ),
    (
        "a description in lines",
        change_latency_panel(description="a\nb"),
        [f"{P99_PREFIX}description 'How long' -> 'a\\nb'"],
    ),
    (
        "another threshold",
        change_thresholds({"color": "green"}, {"color": "red", "value": 2.0}),
        [f"{P99_PREFIX}threshold 1 -> 2"],
    ),
    (
        "one more threshold",
        change_thresholds({"color": "green"}, {"value": 1}, {"value": 2.5}),
        [f"{P99_PREFIX}thresholds 1 -> 1, 2.5"],
    ),
    ("no thresholds", change_thresholds(), [f"{P99_PREFIX}thresholds 1 -> none"]),
    (
        "a threshold's colour",
        change_thresholds({"color": "green"}, {"color": "blue", "value": 1}),
        [f"{P99_PREFIX}thresholds changed"],
    ),
    (
        "thresholds that are none",
        change_value("fieldConfig", "defaults", "thresholds", value=7),
        [f"{P99_PREFIX}thresholds 1 -> none"],
    ),
    (
        "an override",
        change_value("fieldConfig", "overrides", value=[{"id": 1}]),
        [f"{P99_PREFIX}overrides changed"],
    ),
    ("a legend", change_value("options", "legend", value={}), [f"{P99_PREFIX}legend changed"]),
    ("no options", change_latency_panel(options={}), [f"{P99_PREFIX}legend changed"]),
    (
        "a setting without a name of its own",
        change_value("fieldConfig", "defaults", "custom", value={"fillOpacity": 10}),
        [f"{P99_PREFIX}custom changed"],
    ),
    (
        "another legend",
        change_value("targets", 0, "legendFormat", value="99"),
        [f"{P99_PREFIX}legend changed"],
    ),
    (
        "another query and legend",
        change_value("targets", 0, value={"refId": "A", "expr": "p98", "legendFormat": "98"}),
        [f"{P99_PREFIX}query changed, legend changed"],
    ),
    (
        "a query more",
        lambda document: find_latency_panel(document)["targets"].append(
            {"refId": "B", "expr": "p50"}
        ),
        [f"{P99_PREFIX}query B added"],
    ),
    ("no query", change_latency_panel(targets=[]), [f"{P99_PREFIX}query removed"]),
    ("queries that are none", change_latency_panel(targets="p99"), [f"{P99_PREFIX}query removed"]),
    (
        "a variable added",
        lambda document: document["templating"]["list"].append({"name": "job"}),
        ["variable 'job' added"],
    ),
    (
        "a variable removed",
        lambda document: document["templating"]["list"].pop(),
        ["variable 'route' removed"],
    ),
    (
        "a variable changed",
        lambda document: document["templating"]["list"][1].update(query="paths", includeAll=False),
        ["variable 'route': includeAll true -> none, query 'routes' -> 'paths'"],
    ),
    (
        "a value that a variable has chosen",
        change_current_value({"selected": True, "text": "orders", "value": "orders"}),
        ["variable 'route': default value none -> 'orders'"],
    ),
    (
        "several values that a variable has chosen",
        change_current_value({"text": ["a", "b"], "value": ["a", "b"]}),
        ["variable 'route': default value none -> 'a, b'"],
    ),
    (
        "a value of the same name that a variable has chosen",
        lambda document: document["templating"]["list"][0]["current"].update(value="prom-2"),
        ["variable 'datasource': default value changed"],
    ),
    (
        "variables in another order",
        lambda document: document["templating"]["list"].reverse(),
        ["order of variables changed"],
    ),
    (
        "an annotation",
        lambda document: document["annotations"]["list"][0].update(enable=False),
        ["annotation 'Deploys': enable true -> false"],
    ),
    ("another title", lambda document: document.update(title="Shop"), ["title 'Orders' -> 'Shop'"]),
    (
        "another range",
        lambda document: document["time"].update({"from": "now-6h"}),
        ["time range changed"],
    ),
    ("tags", lambda document: document["tags"].append("shop"), ["tags changed"]),
    (
        "a panel without an id that has one now",
        lambda document: find_latency_panel(document).pop("id"),
        ["panel 'P99 latency' added", "panel 'P99 latency' removed"],
    ),
]


@pytest.mark.parametrize(
    ("change", "expected"),
    [example[1:] for example in CASES],
    ids=[example[0] for example in CASES],
)
def test_each_change_is_told_in_words(change: Change, expected: list[str]) -> None:
    document = copy_orders()
    change(document)
    assert describe_differences(ORDERS_DOCUMENT, document) == expected


def test_two_documents_that_mean_the_same_have_no_difference() -> None:
    noisy = copy_orders()
    for path in INSIGNIFICANT_PATHS:
        noisy = change_leaf(noisy, path)
    assert describe_differences(ORDERS_DOCUMENT, noisy) == []


def test_a_mark_is_no_difference() -> None:
    assert describe_differences(ORDERS_DOCUMENT, add_marker(copy_orders(), "shop", "folder")) == []


@pytest.mark.parametrize(
    "path",
    [path for path in walk_leaves(ORDERS_DOCUMENT) if path not in INSIGNIFICANT_PATHS],
    ids=lambda document: ".".join(map(str, document)),
)
def test_every_change_is_told_of_what_it_is(path: Path) -> None:
    text = describe_differences(ORDERS_DOCUMENT, change_leaf(ORDERS_DOCUMENT, path))
    assert text
    assert OTHER_CHANGE not in text


def test_panels_that_share_an_id_are_told_apart_by_their_order() -> None:
    before = {"panels": [{**INNER_PANEL, "id": 2}, {**LATENCY_PANEL, "id": 2}]}
    after = {"panels": [{**INNER_PANEL, "id": 2, "type": "gauge"}, {**LATENCY_PANEL, "id": 2}]}
    assert describe_differences(before, after) == ["panel 'Up': kind 'stat' -> 'gauge'"]


def test_panels_without_an_id_are_told_apart_by_their_title() -> None:
    before = {"panels": [{"title": "A", "type": "stat"}, {"title": "B", "type": "stat"}]}
    after = {"panels": [{"title": "A", "type": "stat"}, {"title": "B", "type": "gauge"}]}
    assert describe_differences(before, after) == ["panel 'B': kind 'stat' -> 'gauge'"]


def test_variables_of_the_same_name_are_told_apart_by_their_order() -> None:
    before = {"templating": {"list": [{"name": "a", "query": "x"}, {"name": "a", "query": "y"}]}}
    after = {"templating": {"list": [{"name": "a", "query": "z"}, {"name": "a", "query": "y"}]}}
    assert describe_differences(before, after) == ["variable 'a': query 'x' -> 'z'"]


def test_a_difference_without_words_is_told_all_the_same() -> None:
    assert describe_differences({"panels": ["a"]}, {"panels": ["b"]}) == [OTHER_CHANGE]


def test_queries_in_another_order_are_told() -> None:
    queries = [{"refId": "B", "expr": "b"}, {"refId": "A", "expr": "a"}]
    before = {"panels": [{"id": 1, "title": "Both", "targets": queries}]}
    after = {"panels": [{"id": 1, "title": "Both", "targets": queries[::-1]}]}
    assert describe_differences(before, after) == ["panel 'Both': order of queries changed"]


def test_the_query_that_changed_is_named_where_there_are_several() -> None:
    before = {"panels": [{"id": 1, "title": "Two", "targets": [{"refId": "A"}, {"refId": "B"}]}]}
    after = {
        "panels": [
            {"id": 1, "title": "Two", "targets": [{"refId": "A"}, {"refId": "B", "expr": "b"}]}
        ]
    }
    assert describe_differences(before, after) == ["panel 'Two': query B changed"]


@given(mutilated_documents, mutilated_documents)
def test_there_is_a_difference_exactly_where_the_checksums_differ(
    before: Document, after: Document
) -> None:
    assert (describe_differences(before, after) == []) == (
        compute_checksum(before) == compute_checksum(after)
    )
    assert describe_differences(before, before) == []
