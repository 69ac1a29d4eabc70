# mypy: ignore-errors
"""The shop on FastAPI, measured by OpenTelemetry; it calls itself as its own dependency."""

from collections.abc import Callable
from contextlib import suppress

import requests
from fastapi import Response
from opentelemetry import metrics
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import Resource
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from tests.live.apps.shared.asgi import build_asgi_server
from tests.live.apps.shared.fastapi_routes import create_fastapi_app
from tests.live.apps.shared.item_store import ItemStore

UNREACHABLE_URL = "http://127.0.0.1:9/"


class CallingItemStore(ItemStore):
    """A shop whose writes call an upstream, and whose `/fail` calls one that is down."""

    upstream = UNREACHABLE_URL

    def write_item(self, item_id: int) -> dict[str, int]:
        """Write one item and tell the upstream."""
        requests.get(self.upstream, timeout=2)
        return super().write_item(item_id)

    def settle(self) -> None:
        """Call the upstream that is down."""
        with suppress(requests.ConnectionError):
            requests.get(UNREACHABLE_URL, timeout=2)


def build_otel_server() -> Callable[[int, str], None]:
    """Build the measured app and return its `serve` function."""
    readers = [PrometheusMetricReader()]
    resource = Resource.create({"service.name": "shop", "service.version": "1.0.0"})
    metrics.set_meter_provider(MeterProvider(metric_readers=readers, resource=resource))
    SQLite3Instrumentor().instrument()
    RequestsInstrumentor().instrument()
    shop = CallingItemStore()
    app = create_fastapi_app(shop)
    FastAPIInstrumentor.instrument_app(app)

    @app.get("/metrics")
    def expose() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    def serve(port: int, role: str) -> None:
        shop.upstream = f"http://127.0.0.1:{port}/ok"
        build_asgi_server(app)(port, role)

    return serve
