"""Every query of every library dashboard, asked of a real Prometheus about real applications."""

import dataclasses
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tailboard.dashboards import build_document
from tailboard.dashboards.library import build_library
from tailboard.panels import Objectives, Service
from tailboard.panels.concept import OVERALL_DURATION, REQUESTS
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import (
    DJANGO_PROMETHEUS,
    DRAMATIQ,
    FASTAPI_INSTRUMENTATOR,
    FLASK_EXPORTER,
    FLASK_EXPORTER_URL_RULE,
    FLOWER,
    GRPC_OBSERVABILITY,
    LITESTAR_GROUPED,
    OTEL_AIOHTTP,
    OTEL_HTTP_OLD,
    OTEL_HTTP_STABLE,
    OTEL_MESSAGING,
    OTEL_RPC,
    OTEL_RPC_OLD,
    OTEL_TORNADO,
    PROMETHEUS_CLIENT,
    PROMETHEUS_CLIENT_JOBS,
    PUSHGATEWAY_JOBS,
    PY_GRPC_PROMETHEUS,
    STARLETTE_EXPORTER,
    STARLETTE_PROMETHEUS,
)
from tailboard.panels.conventions.buckets import OTEL_HTTP
from tailboard.panels.metric import Histogram
from tests.live.apps import TYPICAL_APPS
from tests.live.live_environment import LiveEnvironment
from tests.slow_marks import mark_slow

GRPC_WITH_VIEW = GRPC_OBSERVABILITY.evolve(
    metrics={
        concept: dataclasses.replace(metric, buckets=OTEL_HTTP, exact=True, caution="")
        for concept, metric in GRPC_OBSERVABILITY.metrics.items()
        if isinstance(metric, Histogram)
    }
)
"""With the buckets of the application's View."""

CONVENTIONS: dict[str, Convention] = {
    "prometheus_client_fastapi": PROMETHEUS_CLIENT,
    "fastapi_instrumentator": FASTAPI_INSTRUMENTATOR,
    "starlette_exporter": STARLETTE_EXPORTER,
    "starlette_prometheus": STARLETTE_PROMETHEUS,
    "flask_exporter": FLASK_EXPORTER_URL_RULE,
    "flask_exporter_path": FLASK_EXPORTER,
    "django_prometheus": DJANGO_PROMETHEUS,
    "otel_old": OTEL_HTTP_OLD,
    "otel_stable": OTEL_HTTP_STABLE,
    "otel_aiohttp": OTEL_AIOHTTP,
    "otel_tornado": OTEL_TORNADO,
    "litestar_app": LITESTAR_GROUPED,
    "dramatiq_worker": DRAMATIQ,
    "otel_messaging": OTEL_MESSAGING,
    "py_grpc_prometheus": PY_GRPC_PROMETHEUS,
    "grpc_observability": GRPC_WITH_VIEW,
    "otel_rpc": OTEL_RPC,
    "otel_rpc_old": OTEL_RPC_OLD,
    "celery_flower": FLOWER,
    "pull_jobs": PROMETHEUS_CLIENT_JOBS,
    "pushed_jobs": PUSHGATEWAY_JOBS,
}
HTTP = {
    app: convention for app, convention in CONVENTIONS.items() if REQUESTS in convention.metrics
}
each_app = pytest.mark.parametrize("app", mark_slow(CONVENTIONS, TYPICAL_APPS))
each_web_app = pytest.mark.parametrize("app", mark_slow(HTTP, TYPICAL_APPS))

LOAD_WINDOW, SILENCE_WINDOW = "20s", "6s"
"""The ranges of rates: of two or three rounds of the gentle load, and after the last request."""

SILENCE_SECONDS = 9.0
"""Seconds after the last request when no window of silence holds one any more."""

EMPTY_PANELS = {
    ("django_prometheus", "Failed queries by type"): "no query of the application fails",
    ("flask_exporter", "Exceptions by method"): "without errors there are no exceptions",
    ("flask_exporter_path", "Exceptions by method"): "without errors there are no exceptions",
    ("otel_aiohttp", "Connection pool"): "the application has no SQLAlchemy",
    ("otel_tornado", "Connection pool"): "the application has no SQLAlchemy",
    ("starlette_prometheus", "Exceptions by type"): "without errors there are no exceptions",
}
"""Panels that may be empty, and why: the metric exists, the event did not happen here."""

DAY_COMPARISON = "half more than a day ago"
"""The end of a legend that is empty as long as Prometheus is younger than a day."""

BUDGET_PANELS = ("Budget left", "Budget spent by route")
"""How titles begin whose shares may be below 0 and above 1: a budget can be overspent."""

VARIABLE_VALUES = {"$__range": "1m", "$instance": ".*", "$route": ".*"}


@dataclass(frozen=True)
class PanelQuery:
    """One query of a panel, as Grafana would send it."""

    dashboard: str
    panel: str
    legend: str
    unit: str
    expression: str

    def __str__(self) -> str:
        return f"{self.dashboard} / {self.panel} / {self.legend}: {self.expression}"


def list_panel_queries(app: str, job: str, window: str = LOAD_WINDOW) -> Iterator[PanelQuery]:
    service = Service(
        "shop",
        {"job": job},
        CONVENTIONS[app],
        Objectives(latency={0.99: 1.0}, availability=0.999),
    )
    for dashboard in build_library([service]):
        yield from list_document_queries(build_document(dashboard), window)


def list_document_queries(
    document: dict[str, Any], window: str = LOAD_WINDOW
) -> Iterator[PanelQuery]:
    """The queries of a document, but for those that need a day of history."""
    for panel in _walk_panels(document["panels"]):
        unit = panel.get("fieldConfig", {}).get("defaults", {}).get("unit", "")
        for target in panel.get("targets", []):
            if target.get("legendFormat", "").endswith(DAY_COMPARISON):
                continue
            yield PanelQuery(
                document["title"],
                panel["title"],
                target.get("legendFormat", ""),
                unit,
                expand_variables(target["expr"], window),
            )


def expand_variables(expression: str, window: str = LOAD_WINDOW) -> str:
    for name, value in {"$__rate_interval": window, **VARIABLE_VALUES}.items():
        expression = expression.replace(name, value)
    return expression


def _walk_panels(panels: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for panel in panels:
        yield panel
        yield from _walk_panels(panel.get("panels", []))


@each_app
def test_every_query_of_the_library_has_data_under_load(
    live_environment: LiveEnvironment, app: str
) -> None:
    empty = [
        str(query)
        for query in list_panel_queries(app, live_environment.jobs[app]["busy"])
        if not live_environment.prometheus.query(query.expression)
        and (app, query.panel) not in EMPTY_PANELS
    ]
    assert empty == []


@each_app
def test_no_line_is_missing_where_nothing_fails(
    live_environment: LiveEnvironment, app: str
) -> None:
    empty = [
        str(query)
        for query in list_panel_queries(app, live_environment.jobs[app]["clean"])
        if not live_environment.prometheus.query(query.expression)
        and (app, query.panel) not in EMPTY_PANELS
    ]
    assert empty == []


@pytest.mark.parametrize("role", ["busy", "clean", "idle"])
@each_app
def test_every_value_is_a_number_and_every_ratio_a_fraction(
    live_environment: LiveEnvironment, app: str, role: str
) -> None:
    wrong = [
        (str(query), value)
        for query in list_panel_queries(app, live_environment.jobs[app][role])
        for _, value in live_environment.prometheus.query(query.expression)
        if not math.isfinite(value)
        or (query.unit == "percentunit" and _is_invalid_share(query, value))
        or (query.unit in {"s", "reqps", "ops", "bytes"} and value < 0)
    ]
    assert wrong == []


def _is_invalid_share(query: PanelQuery, value: float) -> bool:
    return not query.panel.startswith(BUDGET_PANELS) and not -1e-9 <= value <= 1 + 1e-9


@each_web_app
def test_percentiles_are_ordered_and_match_the_load(
    live_environment: LiveEnvironment, app: str
) -> None:
    """Most requests take milliseconds, the slow route up to 0.4 s, and none takes a second."""
    (p50, p95, p99) = _query_values(live_environment, app, "busy", "Latency percentiles")
    assert p50 <= p95 <= p99
    assert p50 < 0.25
    assert 0.09 <= p99 <= 1
    (mean, _) = _query_values(live_environment, app, "busy", "The mean that lies, and P99")
    assert 0 < mean < p99


@each_web_app
def test_the_error_ratio_is_the_share_of_failing_requests(
    live_environment: LiveEnvironment, app: str
) -> None:
    """Two of 16 requests of the busy mix fail; the clean mix and silence have no errors at all."""
    title = HTTP[app].metrics[REQUESTS].statuses.failure_ratio_title
    (busy,) = _query_values(live_environment, app, "busy", title)
    (clean,) = _query_values(live_environment, app, "clean", title)
    (idle,) = _query_values(live_environment, app, "idle", title)
    assert busy == pytest.approx(2 / 16, abs=0.09)  # a window holds two or three rounds
    assert (clean, idle) == (0, 0)


@each_web_app
def test_scrapes_are_not_counted_as_requests(live_environment: LiveEnvironment, app: str) -> None:
    (idle,) = _query_values(live_environment, app, "idle", "Requests")
    assert idle == 0


@pytest.fixture(scope="module")
def idle_environment(live_environment: LiveEnvironment) -> Iterator[LiveEnvironment]:
    """The same applications, some time after their last request."""
    live_environment.load.pause_load()
    time.sleep(SILENCE_SECONDS)
    yield live_environment
    live_environment.load.resume_load()


@each_web_app
def test_no_line_goes_missing_when_traffic_ends_but_those_of_latency(
    idle_environment: LiveEnvironment, app: str
) -> None:
    """Rates and ratios fall to 0; how long no request takes is not a number, and is not drawn."""
    job = idle_environment.jobs[app]["clean"]
    rates = [
        query
        for query in list_panel_queries(app, job, SILENCE_WINDOW)
        if query.unit in {"reqps", "percentunit"}
    ]
    measured = ("Apdex", "Requests beyond the last bucket", "Share of requests by bucket")
    empty = [
        str(query)
        for query in rates
        if not idle_environment.prometheus.query(query.expression)
        and query.panel not in {*measured, "Cache hit ratio"}
    ]
    assert empty == []
    title = HTTP[app].metrics[REQUESTS].statuses.failure_ratio_title
    (ratio,) = _query_values(idle_environment, app, "clean", title, SILENCE_WINDOW)
    assert ratio == 0
    if OVERALL_DURATION not in HTTP[app].metrics:  # that one has no label to leave out scrapes
        title = "Latency percentiles"
        assert _query_values(idle_environment, app, "clean", title, SILENCE_WINDOW) == []


@each_app
def test_silence_is_never_drawn_as_nan(idle_environment: LiveEnvironment, app: str) -> None:
    wrong = [
        str(query)
        for query in list_panel_queries(app, idle_environment.jobs[app]["busy"], SILENCE_WINDOW)
        for _, value in idle_environment.prometheus.query(query.expression)
        if not math.isfinite(value)
    ]
    assert wrong == []


def _query_values(
    live_environment: LiveEnvironment,
    app: str,
    role: str,
    panel: str,
    window: str = LOAD_WINDOW,
) -> list[float]:
    """The values of a panel's lines on the service's overview, in the order of its queries."""
    return [
        value
        for query in list_panel_queries(app, live_environment.jobs[app][role], window)
        if query.dashboard.endswith("Overview") and query.panel == panel
        for _, value in live_environment.prometheus.query(query.expression)
    ]
