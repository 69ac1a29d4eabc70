"""An application's own metrics, by name: what the name says of unit and title."""

from __future__ import annotations

import pytest

from tailboard.panels import every_service, own
from tailboard.panels.business import rate
from tailboard.panels.conventions import PROMETHEUS_CLIENT
from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.metric import Unit
from tailboard.panels.metric_names import format_title
from tests.panels.panel_contents import build_service, list_expressions, render_panel

ORDERS = build_service(PROMETHEUS_CLIENT)


@pytest.mark.parametrize(
    ("name", "unit", "scale"),
    [
        ("upload_duration_seconds", "s", ""),
        ("upload_duration_milliseconds", "s", " / 1000"),
        ("upload_usec", "s", " / 1000000"),
        ("upload_size_bytes", "bytes", ""),
        ("upload_rows", "short", ""),
    ],
)
def test_percentiles_are_in_the_unit_of_the_name(name: str, unit: str, scale: str) -> None:
    panel = own.percentiles(ORDERS, name)
    assert panel.unit == unit
    assert [target.legendFormat for target in panel.targets] == [
        "orders P50",
        "orders P95",
        "orders P99",
    ]
    assert list_expressions(panel)[2] == (
        f"histogram_quantile(0.99, sum by (le) (rate({name}_bucket"
        f'{{job="orders"}}[$__rate_interval]))){scale} >= 0'
    )
    assert "estimated from histogram buckets" in panel.description


def test_a_unit_that_the_name_does_not_say_can_be_given() -> None:
    panel = own.percentiles(ORDERS, "upload", unit=Unit.MILLISECONDS, fractions=(0.9,))
    assert panel.unit == "s"
    assert "/ 1000" in list_expressions(panel)[0]


def test_observations_are_split_and_limited() -> None:
    panel = own.observations(ORDERS, "upload_seconds", by=("kind",), limit=3)
    assert list_expressions(panel) == [
        'topk(3, sum by (kind) (rate(upload_seconds_count{job="orders"}[$__rate_interval])))'
    ]
    assert panel.targets[0].legendFormat == "orders {{kind}}"
    assert "Only the 3 largest" in panel.description


@pytest.mark.parametrize(
    ("name", "expression", "unit"),
    [
        ("waiting_uploads", 'sum(waiting_uploads{job="orders"})', "short"),
        ("buffer_bytes", 'sum(buffer_bytes{job="orders"})', "bytes"),
        ("hit_ratio", 'max(hit_ratio{job="orders"})', "percentunit"),
        ("cache_perc", 'max(cache_perc{job="orders"})', "percent"),
        ("disk_pct", 'max(disk_pct{job="orders"})', "percent"),
        ("cpu_usage", 'max(cpu_usage{job="orders"})', "short"),
        ("usage_bytes", 'sum(usage_bytes{job="orders"})', "bytes"),
        ("room_celsius", 'max(room_celsius{job="orders"})', "celsius"),
        ("lag_seconds", 'max(lag_seconds{job="orders"})', "s"),
        ("load_ms", 'max(load_ms{job="orders"})', "ms"),
        (
            "loaded_timestamp_seconds",
            'time() - (max(loaded_timestamp_seconds{job="orders"}) > 0)',
            "s",
        ),
    ],
)
def test_a_gauge_is_shown_as_its_name_says(name: str, expression: str, unit: str) -> None:
    panel = own.value(ORDERS, name)
    assert list_expressions(panel) == [expression]
    assert panel.unit == unit


def test_a_gauge_may_be_negative_and_an_age_may_not() -> None:
    drawn = [own.value(ORDERS, name) for name in ("balance", "loaded_timestamp_seconds")]
    fields = [render_panel(panel)["fieldConfig"]["defaults"] for panel in drawn]
    assert [field.get("min") for field in fields] == [None, 0]


def test_a_gauge_is_split_and_limited() -> None:
    panel = own.value(every_service(PROMETHEUS_CLIENT), "waiting", by=("queue",))
    assert list_expressions(panel) == ['topk(10, sum by (job, queue) (waiting{job=~"$job"}))']
    assert panel.targets[0].legendFormat == "{{job}} {{queue}}"


def test_a_percentile_is_split_by_the_labels_and_limited() -> None:
    panel = own.percentile_by(ORDERS, "took_ms", ("command", "kind"), limit=3)
    assert panel.title == "Took: P99 by command and kind"
    assert list_expressions(panel) == [
        "topk(3, (histogram_quantile(0.99, sum by (le, command, kind) (rate(took_ms_bucket"
        '{job="orders"}[$__rate_interval]))) / 1000 >= 0))'
    ]


def test_a_share_of_something_else_than_1_or_100_is_refused() -> None:
    with pytest.raises(DefinitionError, match="a share of 7 cannot be shown in percent"):
        own.share(ORDERS, "fill", whole=7)


@pytest.mark.parametrize(
    ("name", "unit"),
    [("orders_total", "ops"), ("sent_bytes_total", "Bps"), ("busy_seconds_total", "s")],
)
def test_a_rate_is_in_the_unit_of_the_name_per_second(name: str, unit: str) -> None:
    assert rate(ORDERS, "Rate", name).unit == unit


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("upload_duration_seconds", "Upload duration"),
        ("orders_created_total", "Orders created"),
        ("sent_bytes_total", "Sent"),
        ("loaded_timestamp_seconds", "Loaded"),
        ("waiting", "Waiting"),
        ("_total", "_total"),
        ("job:errors:rate5m", "Job errors rate5m"),
    ],
)
def test_a_title_is_the_name_in_words(name: str, title: str) -> None:
    assert format_title(name) == title
