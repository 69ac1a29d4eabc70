# mypy: ignore-errors
"""The shop on FastAPI, measured by OpenTelemetry; it calls itself as its own dependency."""

from collections.abc import Callable
from functools import cached_property

import sqlalchemy
from fastapi import Response
from opentelemetry import metrics
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor
from opentelemetry.sdk.metrics import MeterProvider
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
    """Build the measured app and return its `serve` function."""
    readers = [PrometheusMetricReader()]
    resource = Resource.create({"service.name": "shop", "service.version": "1.0.0"})
    metrics.set_meter_provider(MeterProvider(metric_readers=readers, resource=resource))
    SQLite3Instrumentor().instrument()
    RequestsInstrumentor().instrument()
    SQLAlchemyInstrumentor().instrument()
    shop = PoolingItemStore()
    app = create_fastapi_app(shop)
    FastAPIInstrumentor.instrument_app(app)

    @app.get("/metrics")
    def expose() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    def serve(port: int, role: str) -> None:
        shop.upstream = f"http://127.0.0.1:{port}/ok"
        build_asgi_server(app)(port, role)

    return serve
