"""Queries of one shape are calls of a function that says the expression once."""

from typing import Any

from tailboard.convert.conversion import convert_dashboard
from tests.tailboard.convert.wild_documents import Document, build_document, build_panel, place

SHAPE = 'sum by (queue) (increase({metric}{{cluster="$cluster", queue=~"$queue"}}[6h]))'


def convert_queries(*queries: Document, **fields: Any) -> str:
    """The definition of a panel with these queries; it proves itself."""
    conversion = convert_dashboard(build_document(build_panel(targets=[*queries], **fields)))
    assert not conversion.differences
    return conversion.text


def build_queries(shape: str, metrics: tuple[str, ...], **fields: Any) -> list[Document]:
    return [
        {"expr": shape.format(metric=metric), "legendFormat": metric.title(), **fields}
        for metric in metrics
    ]


def test_queries_that_differ_by_their_metric_are_calls_of_a_function() -> None:
    text = convert_queries(
        *build_queries(SHAPE, ("sent", "received", "failed", "late"), instant=True)
    )
    assert "def build_increase_by_queue_query(metric: str, legend: str) -> Query:\n" in text
    assert 'build_increase_by_queue_query("sent", "Sent"),\n' in text
    assert text.count("Query(\n") + text.count("    Query(") == 1


def test_a_metric_in_several_places_is_one_parameter() -> None:
    shape = (
        'sum(rate({metric}_sum{{namespace="$namespace"}}[$__rate_interval])) '
        '/ sum(rate({metric}_count{{namespace="$namespace"}}[$__rate_interval]))'
    )
    text = convert_queries(*build_queries(shape, ("reads", "writes", "deletes")))
    assert "def build_average_query(metric: str, legend: str) -> Query:\n" in text
    assert "{metric}_sum" in text
    assert "{metric}_count" in text


def test_a_label_that_differs_is_a_parameter_of_its_name() -> None:
    expressions = [
        f'sum({metric}{{namespace="$namespace", resource="{resource}", job=~"$job"}}) '
        "by (container) and on (namespace) max(kube_pod_info)"
        for metric in ("requests", "limits")
        for resource in ("cpu", "memory")
    ]
    queries = [{"expr": expression, "format": "table"} for expression in expressions]
    text = convert_queries(*queries, type="table")
    assert "def build_sum_by_container_query(metric: str, resource: str) -> Query:\n" in text
    assert 'build_sum_by_container_query("limits", "cpu"),\n' in text


def test_a_quantile_that_differs_is_a_number() -> None:
    queries = [
        {
            "expr": f"histogram_quantile(0.{number}, "
            'sum by (le) (rate(duration_seconds_bucket{cluster="$cluster"}[$__rate_interval])))',
            "legendFormat": f"P{number}",
        }
        for number in ("5", "9", "95", "99")
    ]
    text = convert_queries(*queries)
    assert "def build_quantile_query(quantile: float, legend: str) -> Query:\n" in text
    assert 'build_quantile_query(0.95, "P95"),\n' in text


def test_few_or_short_queries_stay_written_out() -> None:
    assert "def " not in convert_queries(*build_queries(SHAPE, ("sent", "received")))
    assert "def " not in convert_queries(*build_queries("sum({metric})", ("a1", "b1", "c1", "d1")))


def test_queries_with_other_options_are_no_calls_of_the_function() -> None:
    queries = build_queries(SHAPE, ("sent", "received", "failed"))
    queries[1]["exemplar"] = True
    assert "def " not in convert_queries(*queries)


def test_functions_of_one_kind_are_named_for_what_differs() -> None:
    names = ("sent", "received", "failed", "late")
    queries = [
        query
        for window in ("1h", "6h", "1d")
        for query in build_queries(SHAPE.replace("6h", window), names)
    ]
    text = convert_queries(*queries)
    for name in ("increase_by_queue", "increase_over_6h", "increase_over_1d"):
        assert f"def build_{name}_query(metric: str, legend: str) -> Query:\n" in text


def test_an_aggregation_before_its_labels_is_no_metric() -> None:
    shape = '{function} by (queue) (increase({{metric}}{{{{cluster="$cluster"}}}}[6h])) > 100'
    text = convert_queries(
        *build_queries(shape.format(function="sum"), ("a_total", "b_total", "c_total")),
        *build_queries(shape.format(function="avg"), ("a_total", "b_total", "c_total")),
    )
    assert "metric} by (" not in text
    assert 'build_increase_by_queue_query("b_total", "B_Total"),\n' in text


def test_a_function_that_is_called_once_is_no_function() -> None:
    """All queries are in a function of panels, which says the expression once by itself."""
    selector = '{{cluster="$cluster", queue=~"$queue"}}'
    shape = f"sum by (queue) (rate({{metric}}{selector}[5m])) / sum by (queue) (limit{selector})"
    panels = [
        build_panel(
            "Load",
            targets=build_queries(shape, (metric,)),
            gridPos=place(6 * index, 0, 6, 8),
            description="How much of what it can do it does, by queue and at this moment.",
        )
        for index, metric in enumerate(("sent", "received", "failed", "late"))
    ]
    for panel in panels:
        panel["targets"][0]["legendFormat"] = "all"
    other_query = {"expr": "sum(up)", "legendFormat": "all"}
    other_panel = {**panels[0], "targets": [other_query], "gridPos": place(0, 8, 6, 8)}
    conversion = convert_dashboard(build_document(*panels, other_panel))
    assert not conversion.differences
    assert "def build_load(" in conversion.text
    assert "_query(" not in conversion.text
