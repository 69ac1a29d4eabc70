"""What changes from one document to another, in words."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from tailboard.publish.grafana.difference import OTHER_CHANGE, describe_differences
from tailboard.publish.grafana.marker import add_marker
from tailboard.publish.grafana.normalize import compute_checksum
from tests.publish.grafana.documents import (
    INNER,
    LATENCY,
    NOISE,
    ORDERS,
    Document,
    Path,
    changed,
    leaves,
    mutilated,
    orders,
)

Change = Callable[[Document], Any]


def latency(document: Document) -> Any:
    """The panel with the percentile."""
    return document["panels"][1]


def query_and_threshold(document: Document) -> None:
    panel = latency(document)
    panel["targets"][0]["expr"] = "p999"
    panel["fieldConfig"]["defaults"]["thresholds"]["steps"][1]["value"] = 0.5
    document["panels"].append({"id": 9, "title": "Apdex", "type": "gauge"})


def of_latency(**fields: Any) -> Change:
    """A change of the panel with the percentile."""
    return lambda document: latency(document).update(fields)


def put(*path: str | int, value: Any) -> Change:
    """A change of what stands at a place in the panel with the percentile."""

    def change(document: Document) -> None:
        at = latency(document)
        for name in path[:-1]:
            at = at[name]
        at[path[-1]] = value

    return change


def thresholds(*steps: Document) -> Change:
    """Other thresholds."""
    made = {"mode": "absolute", "steps": list(steps)}
    return put("fieldConfig", "defaults", "thresholds", value=made)


def chosen(current: Document) -> Change:
    """A value that somebody chose for everybody."""
    return lambda document: document["templating"]["list"][1].update(current=current)


P99 = "panel 'P99 latency': "
CASES: list[tuple[str, Change, list[str]]] = [
    (
        "what the issue asks for",
        query_and_threshold,
        [f"{P99}query changed, threshold 1 -> 0.5", "panel 'Apdex' added"],
    ),
    (
        "a panel renamed",
        of_latency(title="P999"),
        ["panel 'P999': title 'P99 latency' -> 'P999'"],
    ),
    ("a panel moved", of_latency(gridPos={"h": 8, "w": 12, "x": 12, "y": 1}), ["layout changed"]),
    (
        "panels in another order",
        lambda it: it["panels"].insert(0, it["panels"].pop(2)),
        ["layout changed"],
    ),
    ("a panel removed", lambda it: it["panels"].pop(1), ["panel 'P99 latency' removed"]),
    (
        "a panel of a closed row",
        lambda it: it["panels"][3]["panels"][0].update(type="gauge"),
        ["panel 'Up': kind 'stat' -> 'gauge'"],
    ),
    (
        "a row closed over a panel",
        lambda it: it["panels"][0].update(collapsed=True, panels=[it["panels"].pop(1)]),
        ["row '1': collapsed false -> true", "layout changed"],
    ),
    (
        "a panel taken out of a row",
        lambda it: it["panels"].append(it["panels"][3].pop("panels")[0]),
        ["layout changed"],
    ),
    (
        "a row added",
        lambda it: it["panels"].append({"id": 8, "title": "Queue", "type": "row"}),
        ["row 'Queue' added"],
    ),
    ("another kind", of_latency(type="heatmap"), [f"{P99}kind 'timeseries' -> 'heatmap'"]),
    (
        "another unit",
        put("fieldConfig", "defaults", "unit", value="ms"),
        [f"{P99}unit 's' -> 'ms'"],
    ),
    (
        "a unit taken away",
        put("fieldConfig", "defaults", "unit", value=None),
        [f"{P99}unit 's' -> none"],
    ),
    ("a short description", of_latency(description="So"), [f"{P99}description 'How long' -> 'So'"]),
    ("a long description", of_latency(description="So " * 40), [f"{P99}description changed"]),
    (
        "a description in lines",
        of_latency(description="a\nb"),
        [f"{P99}description 'How long' -> 'a\\nb'"],
    ),
    (
        "another threshold",
        thresholds({"color": "green"}, {"color": "red", "value": 2.0}),
        [f"{P99}threshold 1 -> 2"],
    ),
    (
        "one more threshold",
        thresholds({"color": "green"}, {"value": 1}, {"value": 2.5}),
        [f"{P99}thresholds 1 -> 1, 2.5"],
    ),
    ("no thresholds", thresholds(), [f"{P99}thresholds 1 -> none"]),
    (
        "a threshold's colour",
        thresholds({"color": "green"}, {"color": "blue", "value": 1}),
        [f"{P99}thresholds changed"],
    ),
    (
        "thresholds that are none",
        put("fieldConfig", "defaults", "thresholds", value=7),
        [f"{P99}thresholds 1 -> none"],
    ),
    (
        "an override",
        put("fieldConfig", "overrides", value=[{"id": 1}]),
        [f"{P99}overrides changed"],
    ),
    ("a legend", put("options", "legend", value={}), [f"{P99}legend changed"]),
    ("no options", of_latency(options={}), [f"{P99}legend changed"]),
    (
        "a setting without a name of its own",
        put("fieldConfig", "defaults", "custom", value={"fillOpacity": 10}),
        [f"{P99}custom changed"],
    ),
    ("another legend", put("targets", 0, "legendFormat", value="99"), [f"{P99}legend changed"]),
    (
        "another query and legend",
        put("targets", 0, value={"refId": "A", "expr": "p98", "legendFormat": "98"}),
        [f"{P99}query changed, legend changed"],
    ),
    (
        "a query more",
        lambda it: latency(it)["targets"].append({"refId": "B", "expr": "p50"}),
        [f"{P99}query B added"],
    ),
    ("no query", of_latency(targets=[]), [f"{P99}query removed"]),
    ("queries that are none", of_latency(targets="p99"), [f"{P99}query removed"]),
    (
        "a variable added",
        lambda it: it["templating"]["list"].append({"name": "job"}),
        ["variable 'job' added"],
    ),
    (
        "a variable removed",
        lambda it: it["templating"]["list"].pop(),
        ["variable 'route' removed"],
    ),
    (
        "a variable changed",
        lambda it: it["templating"]["list"][1].update(query="paths", includeAll=False),
        ["variable 'route': includeAll true -> false, query 'routes' -> 'paths'"],
    ),
    (
        "a value that a variable has chosen",
        chosen({"selected": True, "text": "orders", "value": "orders"}),
        ["variable 'route': default value none -> 'orders'"],
    ),
    (
        "several values that a variable has chosen",
        chosen({"text": ["a", "b"], "value": ["a", "b"]}),
        ["variable 'route': default value none -> 'a, b'"],
    ),
    (
        "a value of the same name that a variable has chosen",
        lambda it: it["templating"]["list"][0]["current"].update(value="prom-2"),
        ["variable 'datasource': default value changed"],
    ),
    (
        "variables in another order",
        lambda it: it["templating"]["list"].reverse(),
        ["order of variables changed"],
    ),
    (
        "an annotation",
        lambda it: it["annotations"]["list"][0].update(enable=False),
        ["annotation 'Deploys': enable true -> false"],
    ),
    ("another title", lambda it: it.update(title="Shop"), ["title 'Orders' -> 'Shop'"]),
    ("another range", lambda it: it["time"].update({"from": "now-6h"}), ["time range changed"]),
    ("tags", lambda it: it["tags"].append("shop"), ["tags changed"]),
    (
        "a panel without an id that has one now",
        lambda it: latency(it).pop("id"),
        ["panel 'P99 latency' added", "panel 'P99 latency' removed"],
    ),
]


@pytest.mark.parametrize(("change", "said"), [it[1:] for it in CASES], ids=[it[0] for it in CASES])
def test_each_change_is_told_in_words(change: Change, said: list[str]) -> None:
    document = orders()
    change(document)
    assert describe_differences(ORDERS, document) == said


def test_two_documents_that_mean_the_same_have_no_difference() -> None:
    noisy = orders()
    for path in NOISE:
        noisy = changed(noisy, path)
    assert describe_differences(ORDERS, noisy) == []


def test_a_mark_is_no_difference() -> None:
    assert describe_differences(ORDERS, add_marker(orders(), "shop", "folder")) == []


@pytest.mark.parametrize(
    "path",
    [it for it in leaves(ORDERS) if it not in NOISE],
    ids=lambda it: ".".join(map(str, it)),
)
def test_every_change_is_told_of_what_it_is(path: Path) -> None:
    said = describe_differences(ORDERS, changed(ORDERS, path))
    assert said
    assert OTHER_CHANGE not in said


def test_panels_that_share_an_id_are_told_apart_by_their_order() -> None:
    before = {"panels": [{**INNER, "id": 2}, {**LATENCY, "id": 2}]}
    after = {"panels": [{**INNER, "id": 2, "type": "gauge"}, {**LATENCY, "id": 2}]}
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


@given(mutilated, mutilated)
@settings(deadline=None)
def test_there_is_a_difference_exactly_where_the_checksums_differ(
    before: Document, after: Document
) -> None:
    assert (describe_differences(before, after) == []) == (
        compute_checksum(before) == compute_checksum(after)
    )
    assert describe_differences(before, before) == []
