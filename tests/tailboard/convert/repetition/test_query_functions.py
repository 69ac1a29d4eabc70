"""Queries of one shape are calls of a function that says the expression once."""

from typing import Any

from tests.tailboard.convert.repetition.panels_side_by_side import convert_panels
from tests.tailboard.convert.wild_documents import Document, build_panel

SHAPE = 'sum by (queue) (increase({metric}{{cluster="$cluster", queue=~"$queue"}}[6h]))'


def convert_queries(*queries: Document, **fields: Any) -> str:
    """The definition of two panels that have these queries between them; it proves itself."""
    panels = [
        build_panel(title, targets=[*targets], **fields)
        for title, targets in (("Even", queries[::2]), ("Odd", queries[1::2]))
    ]
    return convert_panels(*panels)


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
    assert "def build_duration_quantile_query(quantile: float, legend: str) -> Query:\n" in text
    assert 'build_duration_quantile_query(0.95, "P95"),\n' in text


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
    for name in ("increase_by_queue", "sum_increase_by_queue", "increase_by_queue_over_1d"):
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
            description="How much of what it can do it does, by queue and at this moment.",
        )
        for metric in ("sent", "received", "failed", "late")
    ]
    for panel in panels:
        panel["targets"][0]["legendFormat"] = "all"
    other_query = {"expr": "sum(up)", "legendFormat": "all"}
    other_panel = {**panels[0], "targets": [other_query]}
    text = convert_panels(*panels, other_panel)
    assert "def build_load(" in text
    assert "_query(" not in text


def test_the_function_of_a_single_panel_has_its_name() -> None:
    queries = build_queries(SHAPE, ("sent", "received", "failed"))
    text = convert_panels(
        build_panel("Messages ($queue)", targets=queries),
        build_panel("Up", targets=[{"expr": "up"}]),
    )
    assert "def build_messages_query(metric: str, legend: str) -> Query:\n" in text


def test_the_function_of_most_queries_has_the_plain_name_others_what_they_select() -> None:
    shape = 'sum(rate({metric}{{cluster="$cluster", proxy=~"$%"}}[5m]))'
    queries = build_queries(shape.replace("%", "front"), ("a1", "b1", "c1"))
    queries += build_queries(shape.replace("%", "back"), ("a2", "b2", "c2", "d2"))
    text = convert_queries(*queries)
    assert 'build_rate_query("d2", "D2")' in text
    assert 'build_front_rate_query("a1", "A1")' in text


def test_bytes_times_eight_are_bits() -> None:
    text = convert_queries(
        *build_queries(
            'rate({metric}{{cluster="$cluster", node="$node"}}[5m]) * 8', ("in", "out", "x")
        )
    )
    assert 'build_bit_rate_query("out", "Out")' in text


def test_a_quantile_and_a_metric_may_differ_both() -> None:
    queries = [
        {
            "expr": f"histogram_quantile({quantile}, sum by (le) "
            f'(rate({metric}_bucket{{cluster="$cluster"}}[$__rate_interval])))',
            "legendFormat": f"{quantile}",
        }
        for metric in ("reads", "writes")
        for quantile in (".5", ".9", ".99")
    ]
    text = convert_queries(*queries)
    assert (
        "def build_quantile_query(metric: str, quantile: str, *, legend: str) -> Query:\n" in text
    )
    assert 'build_quantile_query("writes_bucket", ".99", legend=".99"),\n' in text


def test_quantiles_of_queries_of_several_lines_are_one_function() -> None:
    shape = (
        "histogram_quantile(\n  {metric},\n  sum by (le) (\n"
        '    rate(a_program_request_duration_seconds_bucket{{cluster="$cluster"}}[5m])\n  )\n)'
    )
    text = convert_queries(*build_queries(shape, ("0.5", "0.9", "0.99")))
    assert 'build_program_request_duration_quantile_query(0.99, "0.99")' in text
