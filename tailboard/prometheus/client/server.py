"""The HTTP API of Prometheus, which Mimir, Thanos and others have too, below whatever path."""

import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from tailboard.panels.matcher import LABEL_NAME
from tailboard.prometheus.client.adaptive_limit import AdaptiveLimit
from tailboard.prometheus.client.responses import (
    ADDRESS_TIP,
    BUSY_STATUSES,
    CREDENTIALS_TIP,
    QueryLimitError,
    QueryResult,
    RefusedError,
    ResultSeries,
    is_busy,
    parse_data,
    parse_result,
    parse_series,
    parse_texts,
    redact_addresses,
    translate_shape_errors,
)
from tailboard.publish.closeable import Closeable
from tailboard.publish.errors import NotAllowedError, ServerError
from tailboard.publish.http.address import format_address
from tailboard.publish.http.address import validate_server_address as checked_address
from tailboard.publish.http.connection import Connection, Response
from tailboard.publish.http.credentials import read_credentials
from tailboard.publish.http.session import Limits

LOOKBACK_SECONDS = 3600.0
"""Seconds before now in which a series may have been to count as known."""

MAX_RETRIES = 2
"""How often a request is repeated when the server is unavailable."""

RETRY_PAUSE = 1.0
"""Seconds before that."""

TIMEOUT_GRACE = 5.0
"""Seconds that the answer may take after the server should have given up."""

CLOCK_PRECISION = 0.002
"""Seconds: times are sent in milliseconds."""

SLOW_SHARE = 0.25
"""A request that takes this share of the timeout strains the server."""

PLAIN_CHARACTER = re.compile(r"[a-zA-Z0-9:]")
METHOD_NOT_ALLOWED = 405
UNSUPPORTED_STATUSES = frozenset({404, 405, 410, 501})

Selectors = Iterable[str]
Parsed = TypeVar("Parsed")


class PrometheusServer(Closeable):
    """A Prometheus to ask; several threads may, and the server sees only so many at once.

    These are `concurrency` at most, and fewer while the server is slow or says that it is busy.
    `now` is the server's own clock, read when it was first asked. What it warns of is kept.
    """

    def __init__(
        self, connection: Connection, *, timeout: float = 10.0, concurrency: int = 4
    ) -> None:
        self._connection = connection
        self._limit = AdaptiveLimit(concurrency)
        self._timeout = timeout
        self._method = "POST"
        self._stop_event = threading.Event()
        self._warnings: dict[str, None] = {}
        self._label_values: dict[tuple[str, str], list[str]] = {}
        self.display_address = format_address(connection.address)
        self.now = self._fetch_time()

    @property
    def warnings(self) -> Sequence[str]:
        """What the server warned of, each once."""
        return list(self._warnings)

    @property
    def credential_notes(self) -> Sequence[str]:
        """Warnings about the files that hold the credentials."""
        return self._connection.credentials.notes

    @property
    def concurrency(self) -> int:
        """How many requests may run at once now."""
        return self._limit.current

    def query_instant(
        self, expression: str, *, limit: int = 0, time: float | None = None
    ) -> QueryResult:
        """Evaluate an expression now, or at a time; beyond `limit` series some may be left out."""
        moment = self.now if time is None else time
        parameters = {"query": expression, "time": f"{moment:.3f}", **_build_limit(limit)}
        return self._fetch_result("query", parameters)

    def query_range(
        self,
        expression: str,
        seconds: float,
        step: float,
        *,
        limit: int = 0,
        end: float | None = None,
    ) -> QueryResult:
        """The values over the last seconds, or those before `end`."""
        end = round(self.now if end is None else end, 3)  # whole steps after its start
        time_range = {
            "start": f"{end - seconds:.3f}",
            "end": f"{end:.3f}",
            "step": f"{step:g}",
        }
        return self._fetch_result(
            "query_range", {"query": expression, **time_range, **_build_limit(limit)}
        )

    def refresh_time(self) -> None:
        """Read the server's clock anew."""
        self.now = self._fetch_time()
        self._label_values.clear()

    def has_now_in_range(self, seconds: float, step: float) -> bool:
        """Whether the last point of such a range is of now.

        Query frontends of Thanos and Mimir may move a range to whole steps.
        """
        try:
            result = self.query_range("time()", seconds, step)
        except RefusedError:
            return False
        return bool(self.select_now(result).series)

    def select_now(self, result: QueryResult) -> QueryResult:
        """What an instant query gives, from a range that has now in it."""
        return QueryResult(
            tuple(
                ResultSeries(series.labels, series.points[-1:])
                for series in result.series
                if abs(series.points[-1][0] - self.now) < CLOCK_PRECISION
            ),
            result.warnings,
        )

    def fetch_label_values(self, label: str, selector: str = "") -> list[str]:
        """The values of a label in the last hour, of the series that a selector chooses.

        They are asked for once: dashboards of a service have the same variables.
        """
        if (label, selector) not in self._label_values:
            parameters = {**self._build_time_range(), **({"match[]": selector} if selector else {})}
            path = f"label/{_escape_label(label)}/values"
            self._label_values[label, selector] = self._fetch_data(
                "GET", path, parameters, parse_texts
            )
        return list(self._label_values[label, selector])

    def fetch_label_names(self, selector: str = "") -> list[str]:
        """The names of the labels of these series."""
        parameters = {**self._build_time_range(), **({"match[]": selector} if selector else {})}
        return self._fetch_data("GET", "labels", parameters, parse_texts)

    def fetch_series(self, selectors: Selectors) -> list[dict[str, str]]:
        """The labels of the series of the last hour that these selectors choose."""
        parameters = {**self._build_time_range(), "match[]": list(selectors)}
        return self._fetch_data(self._method, "series", parameters, parse_series)

    def fetch_status(
        self, path: str, parse: Callable[[Any], Parsed], **parameters: str
    ) -> Parsed | None:
        """The status of the server or its targets at a path; None if it does not offer that."""
        try:
            response = self._send_with_retries("GET", path, parameters)
        except ServerError as error:
            if error.status in UNSUPPORTED_STATUSES:
                return None
            raise
        if response.status in UNSUPPORTED_STATUSES or response.status == 403:
            return None
        try:
            data = parse_data(response, self.display_address)
        except RefusedError:
            return None
        with translate_shape_errors(self.display_address):
            return None if data is None else parse(data)

    def close(self) -> None:
        """Give the connections back, and wait for nothing any more."""
        self._stop_event.set()
        self._connection.close()

    def _fetch_time(self) -> float:
        """The server's time; also the first question, which shows whether it is a Prometheus."""
        series = self._fetch_result("query", {"query": "time()"}).series
        if not series:
            raise ServerError(f"{self.display_address} does not know its time", tip=ADDRESS_TIP)
        return series[0].points[0][1]

    def _fetch_result(self, path: str, parameters: Mapping[str, Any]) -> QueryResult:
        body = self._fetch_body(
            self._method, path, {**parameters, "timeout": f"{self._timeout:g}s"}
        )
        with translate_shape_errors(self.display_address):
            warnings = tuple(map(redact_addresses, parse_texts(body.get("warnings"))))
            infos = map(redact_addresses, parse_texts(body.get("infos")))
            self._warnings.update(dict.fromkeys((*warnings, *infos)))
        try:
            return parse_result(body.get("data"), warnings)
        except ValueError as error:
            problem = f"{self.display_address} answers with {error}, which no Prometheus does"
            raise ServerError(problem, tip=ADDRESS_TIP) from error

    def _fetch_data(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, Any],
        parse: Callable[[Any], Parsed],
    ) -> Parsed:
        body = self._fetch_body(method, path, parameters)
        with translate_shape_errors(self.display_address):
            return parse(body.get("data"))

    def _fetch_body(self, method: str, path: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        response = self._send_with_retries(method, path, parameters)
        if response.status == METHOD_NOT_ALLOWED and method == "POST":
            self._method = "GET"
            response = self._send_with_retries("GET", path, parameters)
        parse_data(response, self.display_address)
        body: dict[str, Any] = response.body
        return body

    def _send_with_retries(self, method: str, path: str, parameters: Mapping[str, Any]) -> Response:
        """The answer; of a server that is not able to give one, after a pause or two.

        A question changes nothing, so one that broke off is asked again too.
        """
        for retries_left in range(MAX_RETRIES, -1, -1):
            try:
                response = self._send_once(method, path, parameters)
            except ServerError as error:
                is_interrupted = error.is_uncertain and not error.status
                if not is_interrupted or not retries_left or self._stop_event.wait(RETRY_PAUSE):
                    raise
                continue
            if not is_busy(response) or not retries_left or self._stop_event.wait(RETRY_PAUSE):
                break
        return response

    def _send_once(self, method: str, path: str, parameters: Mapping[str, Any]) -> Response:
        with self._limit.take_slot() as slot:
            slot.is_strained = True  # where there is no answer
            start = time.monotonic()
            response = self._request(method, path, parameters)
            is_slow = time.monotonic() - start > SLOW_SHARE * self._timeout
            slot.is_strained = is_slow or response.has_retries or is_busy(response)
        return response

    def _request(self, method: str, path: str, parameters: Mapping[str, Any]) -> Response:
        arguments = {"data": parameters} if method == "POST" else {"params": parameters}
        try:
            return self._connection.request(method, f"api/v1/{path}", **arguments)
        except NotAllowedError as error:
            raise NotAllowedError(error.problem, tip=CREDENTIALS_TIP) from error
        except ServerError as error:
            if error.is_timeout or error.status == 504:
                raise QueryLimitError(f"no answer within {self._timeout:g} s") from error
            if error.status in BUSY_STATUSES:  # a proxy says so, in HTML
                return Response(error.status, text="a page in HTML")
            raise

    def _build_time_range(self) -> dict[str, str]:
        return {"start": f"{self.now - LOOKBACK_SECONDS:.3f}", "end": f"{self.now:.3f}"}


def connect_prometheus(
    address: str,
    *,
    concurrency: int = 4,
    timeout: float = 10.0,
    allow_http: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> PrometheusServer:
    """The Prometheus at an address, with the credentials of the environment (`PROMETHEUS_TOKEN`).

    Raises `NotAllowedError`, or `ServerError` for what is no Prometheus.
    """
    tenant = environ.get("PROMETHEUS_TENANT", "").strip()
    connection = Connection(
        checked_address(address, "--prometheus"),
        read_credentials("PROMETHEUS", environ),
        headers={"X-Scope-OrgID": tenant} if tenant else {},
        allow_http=allow_http,
        max_connections=concurrency,
        limits=Limits(
            read_timeout=timeout + TIMEOUT_GRACE, total_timeout=2 * (timeout + TIMEOUT_GRACE)
        ),
        backoff_factor=RETRY_PAUSE / 2,
    )
    try:
        return PrometheusServer(connection, timeout=timeout, concurrency=concurrency)
    except QueryLimitError as error:
        connection.close()
        problem = (
            f"{format_address(connection.address)} is too slow to tell the time: {error.problem}"
        )
        raise ServerError(problem, tip="try --timeout, or later.") from error
    except BaseException:
        connection.close()
        raise


def _escape_label(name: str) -> str:
    """A label's name within a path; Prometheus 3 takes `U__http_2e_route` for `http.route`.

    https://prometheus.io/docs/instrumenting/escaping_schemes/
    """
    if LABEL_NAME.fullmatch(name):
        return name
    return "U__" + "".join(
        "__"
        if character == "_"
        else character
        if PLAIN_CHARACTER.match(character)
        else f"_{ord(character):x}_"
        for character in name
    )


def _build_limit(limit: int) -> dict[str, str]:
    return {"limit": str(limit)} if limit else {}
