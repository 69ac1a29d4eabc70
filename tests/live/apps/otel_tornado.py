# mypy: ignore-errors
"""OpenTelemetry on Tornado with the stable HTTP and database names (seconds)."""

import asyncio
import logging
import os

# Read on the first import of an instrumentation.
os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "http,database"

from opentelemetry import metrics
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor
from opentelemetry.instrumentation.tornado import TornadoInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import generate_latest
from tornado.web import Application, HTTPError, RequestHandler

from tests.live.apps.shared.calling_item_store import CallingItemStore


def serve(port: int, role: str) -> None:
    """Serve one role."""
    logging.getLogger("tornado").setLevel(logging.CRITICAL + 1)
    metrics.set_meter_provider(MeterProvider(metric_readers=[PrometheusMetricReader()]))
    TornadoInstrumentor().instrument()
    RequestsInstrumentor().instrument()
    SQLite3Instrumentor().instrument()
    asyncio.run(_serve_forever(port))


async def _serve_forever(port: int) -> None:
    shop = CallingItemStore(f"http://127.0.0.1:{port}/ok")
    _build_app(shop).listen(port, address="127.0.0.1")
    await asyncio.Event().wait()


def _build_app(shop: CallingItemStore) -> Application:
    class Ok(RequestHandler):
        def get(self) -> None:
            self.write({"ok": True})

    class Slow(RequestHandler):
        async def get(self) -> None:
            self.write(await asyncio.to_thread(shop.run_slow_query))

    class Item(RequestHandler):
        async def get(self, item_id: str) -> None:
            self.write(await asyncio.to_thread(shop.read_item, int(item_id)))

        async def post(self, item_id: str) -> None:
            self.write(await asyncio.to_thread(shop.write_item, int(item_id)))

    class MissingItem(RequestHandler):
        def get(self) -> None:
            raise HTTPError(404)

    class Fail(RequestHandler):
        async def get(self) -> None:
            await asyncio.to_thread(shop.settle)
            self.set_status(500)

    class Boom(RequestHandler):
        def get(self) -> None:
            shop.raise_error()

    class Metrics(RequestHandler):
        def get(self) -> None:
            self.set_header("Content-Type", "text/plain")
            self.write(generate_latest())

    return Application(
        [
            ("/health", Ok),
            ("/ok", Ok),
            ("/slow", Slow),
            ("/items/([0-9]+)", Item),
            ("/missing-item", MissingItem),
            ("/fail", Fail),
            ("/boom", Boom),
            ("/metrics", Metrics),
        ]
    )
