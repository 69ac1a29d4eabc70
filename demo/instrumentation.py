"""Metrics of a FastAPI (or Starlette) service.

The file can be copied: it needs nothing else of the demo. One process is assumed; several workers
need prometheus-client's multi-process mode, which has neither `process_*` nor custom collectors.
"""

import functools
import inspect
import mmap
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from time import perf_counter
from typing import ParamSpec, TypeVar, cast

from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

P = ParamSpec("P")
R = TypeVar("R")

REQUESTS = Counter(
    "http_requests_total", "Requests answered.", ["method", "endpoint", "http_status"]
)
REQUEST_DURATION = Histogram(
    "http_request_duration_seconds",
    "Time from the request's arrival to the end of its answer.",
    ["method", "endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
REQUESTS_IN_FLIGHT = Gauge("http_requests_in_flight", "Requests being answered right now.")
DB_QUERY_DURATION = Histogram(
    "db_query_duration_seconds",
    "Time a database query took, whether it succeeded or not.",
    ["operation", "table"],
    buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5),
)

UNMEASURED = frozenset({"/metrics", "/health", "/favicon.ico"})
UNMATCHED = "unmatched"
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class MetricsMiddleware:
    """Measures every request, except for the `unmeasured` paths."""

    def __init__(
        self,
        app: ASGIApp,
        unmeasured: frozenset[str] = UNMEASURED,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self.app = app
        self.unmeasured = unmeasured
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or find_request_path(scope) in self.unmeasured:
            await self.app(scope, receive, send)
            return

        status = 500  # the status that a server sends for an application without a response

        async def send_and_remember_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        start = self.clock()
        try:
            with REQUESTS_IN_FLIGHT.track_inprogress():
                await self.app(scope, receive, send_and_remember_status)
        except Exception:
            status = 500
            raise
        finally:
            # Only now: the router writes the matched route into the scope on its way in.
            method, endpoint = format_method(scope), find_route_template(scope)
            REQUEST_DURATION.labels(method, endpoint).observe(self.clock() - start)
            REQUESTS.labels(method, endpoint, str(status)).inc()


def find_request_path(scope: Scope) -> str:
    """Return the path in the form of the routes: without the prefix that a proxy adds."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def format_method(scope: Scope) -> str:
    """Return the method; all unknown ones share one label value, since clients may send any."""
    method: str = scope["method"]
    return method if method in KNOWN_METHODS else "OTHER"


def find_route_template(scope: Scope) -> str:
    """Return the template of the matched route, `/api/users/{user_id}`: never a raw path.

    A raw path as label makes a new series for every user and every path that a scanner tries.
    Recent FastAPI keeps the prefix of an included router only in its own part of the scope. The
    prefix of a mounted application is not part of the template.
    """
    included = scope.get("fastapi", {}).get("effective_route_context")
    route = included or scope.get("route")
    return getattr(route, "path_format", None) or getattr(route, "path", None) or UNMATCHED


def create_request_series(method: str, endpoint: str, statuses: Iterable[int | str]) -> None:
    """Expose a route's series from the start, at 0.

    For Prometheus a counter whose first value is 1 has not increased: without this, the first
    error after a start is invisible to `rate` and `increase`.
    """
    REQUEST_DURATION.labels(method, endpoint)
    for status in statuses:
        REQUESTS.labels(method, endpoint, str(status))


def track_db_query(operation: str, table: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Time a function that runs one query, sync or async; a query that raises counts as well."""
    duration = DB_QUERY_DURATION.labels(operation, table)

    def decorate(query: Callable[P, R]) -> Callable[P, R]:
        if inspect.iscoroutinefunction(query):

            @functools.wraps(query)
            async def timed_async(*args: P.args, **kwargs: P.kwargs) -> object:
                with duration.time():
                    return await cast(Awaitable[object], query(*args, **kwargs))

            return cast(Callable[P, R], timed_async)

        @functools.wraps(query)
        def timed(*args: P.args, **kwargs: P.kwargs) -> R:
            with duration.time():
                return query(*args, **kwargs)

        return timed

    return decorate


class ProcessMemoryCollector(Collector):
    """Memory of this process, read at every scrape; no metric where there is no /proc."""

    def __init__(self, statm: Path = Path("/proc/self/statm")) -> None:
        self.statm = statm

    def collect(self) -> Iterator[Metric]:
        try:
            vms_pages, rss_pages = self.statm.read_text().split()[:2]
        except OSError:
            return
        memory = GaugeMetricFamily(
            "process_memory_bytes", "Memory of this process: resident and virtual.", labels=["type"]
        )
        memory.add_metric(["rss"], int(rss_pages) * mmap.PAGESIZE)
        memory.add_metric(["vms"], int(vms_pages) * mmap.PAGESIZE)
        yield memory


REGISTRY.register(ProcessMemoryCollector())
