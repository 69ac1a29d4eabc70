"""The dashboard of an application's own metrics."""

from __future__ import annotations

from typing import Any

from tailboard.dashboards import build_document
from tailboard.dashboards.library import own
from tailboard.panels import Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT

SHOP = Service("shop", {"job": "shop"}, PROMETHEUS_CLIENT)


def list_titles(document: dict[str, Any]) -> list[str]:
    return [panel["title"] for panel in document["panels"]]


def test_each_kind_has_its_row() -> None:
    document = build_document(
        own(
            SHOP,
            histograms={"upload_seconds": ("kind",)},
            counters={"orders_total": ("country",)},
            gauges={"waiting": ()},
            shares={"cache_perc": ()},
            percentages={"disk_pct": ("disk",)},
        )
    )
    assert (document["uid"], document["title"]) == ("shop-own", "Shop / Own metrics")
    assert list_titles(document) == [
        *("Distributions", "Upload: percentiles", "Upload: P99 by kind", "Upload: how often"),
        *("Rates", "Orders per second", "Values", "Waiting", "Cache", "Disk"),
    ]
    expressions = [
        target["expr"] for panel in document["panels"] for target in panel.get("targets", ())
    ]
    assert all('job="shop",instance=~"$instance"' in expression for expression in expressions)
    assert any(expression.startswith("topk(10, sum by (country)") for expression in expressions)


def test_a_row_without_a_metric_is_not_there() -> None:
    assert list_titles(build_document(own(SHOP, gauges={"waiting": ()}))) == ["Values", "Waiting"]


def test_metrics_that_would_have_one_title_keep_their_names() -> None:
    rules = own(SHOP, gauges={"sent_bytes": (), "sent_seconds": (), "left": ()})
    assert list_titles(build_document(rules)) == ["Values", "sent_bytes", "sent_seconds", "Left"]


def test_the_panels_of_one_histogram_stay_in_one_line() -> None:
    document = build_document(
        own(SHOP, histograms={"a_seconds": (), "b_seconds": ("kind",), "c_seconds": ()})
    )
    lines: dict[int, list[str]] = {}
    for panel in document["panels"][1:]:
        lines.setdefault(panel["gridPos"]["y"], []).append(panel["title"].split(":")[0])
    assert [*lines.values()] == [["A", "A"], ["B", "B", "B"], ["C", "C"]]


def test_shares_are_the_largest_of_all_instances_in_percent() -> None:
    document = build_document(own(SHOP, shares={"fill": ()}, percentages={"disk_pct": ("disk",)}))
    fill, disk = document["panels"][1:]
    assert fill["targets"][0]["expr"].startswith("max(fill{")
    assert disk["targets"][0]["expr"].startswith("topk(10, max by (disk) (disk_pct{")
    units = [panel["fieldConfig"]["defaults"]["unit"] for panel in (fill, disk)]
    assert units == ["percentunit", "percent"]
