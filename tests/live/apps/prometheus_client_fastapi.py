# mypy: ignore-errors
"""FastAPI with a hand-written prometheus-client middleware and a decorator for queries."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi import Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from starlette.middleware.base import RequestResponseEndpoint

from tests.live.apps.shared.asgi import build_asgi_server
from tests.live.apps.shared.fastapi_routes import create_fastapi_app
from tests.live.apps.shared.item_store import ItemStore

UNMEASURED_PATHS = {"/metrics", "/health", "/favicon.ico"}
REQUESTS = Counter("http_requests_total", "Requests.", ["method", "endpoint", "http_status"])
DURATION = Histogram(
    "http_request_duration_seconds",
    "Duration of requests.",
    ["method", "endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
IN_FLIGHT = Gauge("http_requests_in_flight", "Requests being answered.")
MEMORY = Gauge("process_memory_bytes", "Memory of the process.", ["type"])
QUERIES = Histogram(
    "db_query_duration_seconds",
    "Duration of database queries.",
    ["operation", "table"],
    buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5),
)


@contextmanager
def track_db_query(operation: str, table: str) -> Iterator[None]:
    """Measure one query; works as a decorator, too."""
    start = time.perf_counter()
    try:
        yield
    finally:
        QUERIES.labels(operation, table).observe(time.perf_counter() - start)


class MeasuredItemStore(ItemStore):
    """A shop that measures its queries."""

    run_slow_query = track_db_query("SELECT", "orders")(ItemStore.run_slow_query)
    read_item = track_db_query("SELECT", "items")(ItemStore.read_item)
    write_item = track_db_query("INSERT", "items")(ItemStore.write_item)


def read_memory_bytes(column: int) -> int:
    """Read one column of the kernel's page counts for this process."""
    pages = Path("/proc/self/statm").read_text().split()[column]
    return int(pages) * os.sysconf("SC_PAGESIZE")


MEMORY.labels("vms").set_function(lambda: read_memory_bytes(0))
MEMORY.labels("rss").set_function(lambda: read_memory_bytes(1))
app = create_fastapi_app(MeasuredItemStore())


@app.middleware("http")
async def measure_request(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Count and time every request under its route's template."""
    if request.url.path in UNMEASURED_PATHS:
        return await call_next(request)
    start = time.perf_counter()
    status = 500
    IN_FLIGHT.inc()
    try:
        response = await call_next(request)
        status = response.status_code
        return response
    finally:
        IN_FLIGHT.dec()
        route = request.scope.get("route")
        endpoint = route.path if route else "unmatched"
        REQUESTS.labels(request.method, endpoint, status).inc()
        DURATION.labels(request.method, endpoint).observe(time.perf_counter() - start)


@app.get("/metrics")
def expose_metrics() -> Response:
    """Expose the metrics."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


serve = build_asgi_server(app)
