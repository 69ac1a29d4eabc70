# mypy: ignore-errors
"""OpenTelemetry on aiohttp with the stable HTTP and database names (seconds)."""

import asyncio
import logging
import os

# Read on the first import of an instrumentation.
os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "http,database"

from aiohttp import web
from opentelemetry import metrics
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.instrumentation.aiohttp_server import AioHttpServerInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import generate_latest

from tests.live.apps.shared.calling_item_store import CallingItemStore


def serve(port: int, role: str) -> None:
    """Serve one role."""
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
    metrics.set_meter_provider(MeterProvider(metric_readers=[PrometheusMetricReader()]))
    AioHttpServerInstrumentor().instrument()
    RequestsInstrumentor().instrument()
    SQLite3Instrumentor().instrument()
    shop = CallingItemStore(f"http://127.0.0.1:{port}/ok")
    web.run_app(_build_app(shop), host="127.0.0.1", port=port, print=None)


def _build_app(shop: CallingItemStore) -> web.Application:
    async def ok(request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def slow(request: web.Request) -> web.Response:
        return web.json_response(await asyncio.to_thread(shop.run_slow_query))

    async def read_item(request: web.Request) -> web.Response:
        item_id = int(request.match_info["item_id"])
        return web.json_response(await asyncio.to_thread(shop.read_item, item_id))

    async def write_item(request: web.Request) -> web.Response:
        item_id = int(request.match_info["item_id"])
        return web.json_response(await asyncio.to_thread(shop.write_item, item_id))

    async def missing_item(request: web.Request) -> web.Response:
        raise web.HTTPNotFound

    async def fail(request: web.Request) -> web.Response:
        await asyncio.to_thread(shop.settle)
        return web.json_response({"detail": "failed"}, status=500)

    async def boom(request: web.Request) -> web.Response:
        shop.raise_error()

    async def expose(request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(), content_type="text/plain")

    app = web.Application()
    app.router.add_get("/health", ok)
    app.router.add_get("/ok", ok)
    app.router.add_get("/slow", slow)
    app.router.add_get("/items/{item_id}", read_item)
    app.router.add_post("/items/{item_id}", write_item)
    app.router.add_get("/missing-item", missing_item)
    app.router.add_get("/fail", fail)
    app.router.add_get("/boom", boom)
    app.router.add_get("/metrics", expose)
    return app
