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
        )
    )
    assert (document["uid"], document["title"]) == ("shop-own", "Shop / Own metrics")
    assert list_titles(document) == [
        *("Distributions", "Upload: percentiles", "Upload: how often"),
        *("Rates", "Orders per second", "Values", "Waiting"),
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
