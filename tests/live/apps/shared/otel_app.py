# mypy: ignore-errors
"""The shop on FastAPI, measured by OpenTelemetry; it calls itself as its own dependency."""

from collections.abc import Callable
from functools import cached_property

import sqlalchemy
from fastapi import FastAPI, Response
from opentelemetry import metrics
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.pool import QueuePool

from tests.live.apps.shared.asgi import build_asgi_server
from tests.live.apps.shared.calling_item_store import CallingItemStore
from tests.live.apps.shared.fastapi_routes import create_fastapi_app


class PoolingItemStore(CallingItemStore):
    """The same, whose reads take a connection of SQLAlchemy's pool first."""

    @cached_property
    def engine(self) -> sqlalchemy.Engine:
        """A database of its own, whose connections wait in a pool."""
        return sqlalchemy.create_engine(  # instrumented: it may not be imported by its name
            "sqlite://",
            poolclass=QueuePool,
            pool_size=2,
            connect_args={"check_same_thread": False},
        )

    def read_item(self, item_id: int) -> dict[str, int]:
        """Read one item."""
        with self.engine.connect():
            return super().read_item(item_id)


def build_otel_server() -> Callable[[int, str], None]:
    """Build the measured app, which is scraped, and return its `serve` function."""
    readers = [PrometheusMetricReader()]
    resource = Resource.create({"service.name": "shop", "service.version": "1.0.0"})
    metrics.set_meter_provider(MeterProvider(metric_readers=readers, resource=resource))
    app, shop = _build_app()

    @app.get("/metrics")
    def expose() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    def serve(port: int, role: str) -> None:
        shop.upstream = f"http://127.0.0.1:{port}/ok"
        build_asgi_server(app)(port, role)

    return serve


def build_otlp_server(url: str, app_name: str) -> Callable[[int, str], None]:
    """Build the measured app, which sends OTLP every second, and return its `serve` function.

    Its job is the app's name and the role, as those of the apps that are scraped.
    """
    app, shop = _build_app()

    def serve(port: int, role: str) -> None:
        exporter = OTLPMetricExporter(endpoint=url)
        reader = PeriodicExportingMetricReader(exporter, export_interval_millis=1000)
        attributes = {
            "service.name": f"{app_name}-{role}",
            "service.instance.id": f"127.0.0.1:{port}",
        }
        resource = Resource.create(attributes)
        metrics.set_meter_provider(MeterProvider(metric_readers=[reader], resource=resource))
        shop.upstream = f"http://127.0.0.1:{port}/ok"
        build_asgi_server(app)(port, role)

    return serve


def _build_app() -> tuple[FastAPI, CallingItemStore]:
    SQLite3Instrumentor().instrument()
    RequestsInstrumentor().instrument(excluded_urls="v1/metrics")
    SQLAlchemyInstrumentor().instrument()
    shop = PoolingItemStore()
    app = create_fastapi_app(shop)
    FastAPIInstrumentor.instrument_app(app)
    return app, shop
