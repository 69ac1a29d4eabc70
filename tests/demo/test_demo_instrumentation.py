"""The middleware, the decorator and the collector, each by itself."""

import asyncio
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from prometheus_client import REGISTRY
from starlette.types import ASGIApp, Receive, Scope, Send

from demo.instrumentation import (
    MetricsMiddleware,
    ProcessMemoryCollector,
    create_request_series,
    track_db_query,
)


def send_get(app: ASGIApp, path: str, root_path: str = "") -> None:
    """Send a GET request straight to an ASGI application."""

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_: MutableMapping[str, Any]) -> None:
        return

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "root_path": root_path,
        "query_string": b"",
        "headers": [],
    }
    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]


def read_request_count(endpoint: str, status: str, method: str = "GET") -> float | None:
    """Return the number of requests counted so far."""
    labels = {"method": method, "endpoint": endpoint, "http_status": status}
    return REGISTRY.get_sample_value("http_requests_total", labels)


def read_query_count(operation: str, table: str) -> float | None:
    """Return the number of queries timed so far."""
    labels = {"operation": operation, "table": table}
    return REGISTRY.get_sample_value("db_query_duration_seconds_count", labels)


def test_an_exception_counts_as_status_500_and_goes_on_its_way() -> None:
    app = FastAPI()
    app.add_middleware(MetricsMiddleware)

    @app.get("/raises")
    def raises() -> None:
        raise LookupError("nobody catches this")

    with pytest.raises(LookupError):
        send_get(app, "/raises")
    assert read_request_count("/raises", "500") == 1
    assert REGISTRY.get_sample_value("http_requests_in_flight") == 0


def test_an_exception_after_the_answer_began_counts_as_500_too() -> None:
    async def breaks_off(scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = type("Route", (), {"path": "/breaks-off"})
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ConnectionError

    with pytest.raises(ConnectionError):
        send_get(MetricsMiddleware(breaks_off), "/breaks-off")
    assert read_request_count("/breaks-off", "500") == 1
    assert read_request_count("/breaks-off", "200") is None


def test_the_template_keeps_the_prefixes_of_included_routers() -> None:
    inner, outer, app = APIRouter(prefix="/shelves"), APIRouter(prefix="/shop"), FastAPI()

    @inner.get("/{shelf}")
    def shelf(shelf: int) -> int:
        return shelf

    outer.include_router(inner)
    app.include_router(outer, prefix="/v1")
    app.add_middleware(MetricsMiddleware)
    send_get(app, "/v1/shop/shelves/7")
    assert read_request_count("/v1/shop/shelves/{shelf}", "200") == 1


def test_a_prefix_of_the_proxy_does_not_make_the_scrape_measured() -> None:
    async def answers(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 299, "headers": []})

    send_get(MetricsMiddleware(answers), "/behind/proxy/metrics", root_path="/behind/proxy")
    assert read_request_count("unmatched", "299") is None


def test_what_is_no_http_request_passes_unmeasured() -> None:
    paths: list[str] = []

    async def notes(scope: Scope, receive: Receive, send: Send) -> None:
        paths.append(scope["type"])

    asyncio.run(MetricsMiddleware(notes)({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert paths == ["lifespan"]


def test_series_can_be_created_before_the_first_request() -> None:
    create_request_series("GET", "/later", [200, 500])
    assert read_request_count("/later", "500") == 0


def test_a_query_is_timed_whether_it_is_sync_or_async() -> None:
    @track_db_query("SELECT", "stock")
    def select(row: int) -> int:
        return row

    @track_db_query("SELECT", "stock")
    async def select_async(row: int) -> int:
        return row

    assert read_query_count("SELECT", "stock") == 0
    assert select(3) == 3
    assert asyncio.run(select_async(4)) == 4
    assert read_query_count("SELECT", "stock") == 2


def test_a_query_that_fails_is_timed_as_well() -> None:
    @track_db_query("DELETE", "stock")
    def delete() -> None:
        raise TimeoutError

    @track_db_query("DELETE", "stock")
    async def delete_async() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        delete()
    with pytest.raises(TimeoutError):
        asyncio.run(delete_async())
    assert read_query_count("DELETE", "stock") == 2


def test_memory_is_read_when_asked_and_absent_without_proc(tmp_path: Path) -> None:
    statm = tmp_path / "statm"
    assert list(ProcessMemoryCollector(statm).collect()) == []
    statm.write_text("300 200 100 1 0 1 0\n")
    [memory] = ProcessMemoryCollector(statm).collect()
    by_type = {sample.labels["type"]: sample.value for sample in memory.samples}
    assert by_type["vms"] == 1.5 * by_type["rss"] > 0
