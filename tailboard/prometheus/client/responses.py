"""What a Prometheus answers, read from its JSON: series with points, or why there are none."""

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from tailboard.publish.errors import NotAllowedError, ServerError, TailboardError
from tailboard.publish.http.address import format_address
from tailboard.publish.http.connection import Response
from tailboard.publish.http.secret_filter import redact_secrets

BUSY_STATUSES = frozenset({429, 502, 503})
GATEWAY_TIMEOUT = 504
TIMEOUT_ERROR_TYPES = frozenset({"timeout", "canceled"})
LIMIT_MESSAGE = re.compile(
    r"too many (samples|series|chunks|bytes)|exceed|limit|timed out|deadline|context canceled",
    re.IGNORECASE,
)
SHAPE_ERRORS = (AttributeError, LookupError, OverflowError, TypeError, ValueError)
"""What reading a JSON value raises that has another shape than the API's."""

URL_PATTERN = re.compile(r"https?://[^\s\"'<>]+")
ADDRESS_TIP = (
    "name the address below which api/v1/query is: Mimir's ends with /prometheus, "
    "and a sub-path belongs to it."
)
CREDENTIALS_TIP = (
    "set PROMETHEUS_TOKEN, or PROMETHEUS_USER and PROMETHEUS_PASSWORD; "
    "Mimir wants its tenant in PROMETHEUS_TENANT."
)


class RefusedError(TailboardError):
    """The server answers, but not this question."""


class QueryLimitError(RefusedError):
    """The question takes too long, or touches more than the server allows."""


Buckets = tuple[tuple[float, float, float], ...]
"""The lower and the upper bound of each bucket, and what it counts."""


@dataclass(frozen=True)
class ResultSeries:
    """One series of a result: its labels, and times with values."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]
    histograms: tuple[tuple[float, Buckets], ...] = ()
    """Of native histograms: times with buckets."""

    @property
    def last_count(self) -> int:
        """The last value as a number of things; 0 for what is no finite number."""
        value = self.points[-1][1]
        return int(value) if isfinite(value) else 0


@dataclass(frozen=True)
class QueryResult:
    """What a query gave, and what the server warned of."""

    series: tuple[ResultSeries, ...] = ()
    warnings: tuple[str, ...] = ()


def redact_addresses(text: str) -> str:
    """A server's words without what addresses in them may give away, in one line."""
    text = " ".join(redact_secrets(text).split())
    return URL_PATTERN.sub(lambda match: format_address(match[0]), text)[:300]


def parse_data(response: Response, address: str) -> Any:
    """The data of a response; raises the error that it holds instead."""
    body = response.body
    if response.ok and isinstance(body, dict) and body.get("status") == "success":
        return body.get("data")
    raise classify_error(response, address)


def classify_error(response: Response, address: str) -> TailboardError:
    """Why there is no data: this question is refused, or the server does not work."""
    body = response.body if isinstance(response.body, dict) else {}
    message, error_type = redact_addresses(response.message), str(body.get("errorType") or "")
    if is_busy(response):
        return ServerError(f"{address} is not able to answer ({response.status}): {message}")
    if (
        response.status == GATEWAY_TIMEOUT
        or error_type in TIMEOUT_ERROR_TYPES
        or (error_type != "bad_data" and body and LIMIT_MESSAGE.search(message))
    ):
        return QueryLimitError(message)
    if response.status == 403 and not error_type:
        return NotAllowedError(f"{address} forbids it (403): {message}", tip=CREDENTIALS_TIP)
    if error_type:
        return RefusedError(message)
    if response.status in {400, 422} and body:
        return RefusedError(message)
    problem = f"{address} does not answer as a Prometheus does ({response.status}): {message}"
    return ServerError(problem, tip=ADDRESS_TIP)


def is_busy(response: Response) -> bool:
    """Whether the server, not the question, is why there is no answer."""
    body = response.body if isinstance(response.body, dict) else {}
    error_type = str(body.get("errorType") or "")
    return response.status in BUSY_STATUSES and error_type not in TIMEOUT_ERROR_TYPES


def parse_result(data: Any, warnings: tuple[str, ...]) -> QueryResult:
    """A vector, matrix or scalar; raises `ValueError` for what is none."""
    if not isinstance(data, dict):
        raise ValueError("no result")  # noqa: TRY004 - of an answer, not of an argument
    result_type, result = data.get("resultType"), data.get("result")
    if result_type in ("scalar", "string"):
        return QueryResult(
            (ResultSeries({}, (_parse_point(result, scalar=result_type == "scalar"),)),), warnings
        )
    if result_type not in ("vector", "matrix") or not isinstance(result or [], list):
        raise ValueError(f"a result of type {result_type}")
    return QueryResult(tuple(_parse_series(item) for item in result or ()), warnings)


def _parse_series(item: Any) -> ResultSeries:
    try:
        labels, points = parse_labels(item["metric"]), tuple(sorted(_parse_points(item)))
        histograms = tuple(_parse_histograms(item))
    except SHAPE_ERRORS as error:
        raise ValueError("a series without labels or values") from error
    if not points:
        raise ValueError("a series without values")
    return ResultSeries(labels, points, histograms)


def _parse_points(item: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    """Numbers, and of native histograms how many values they count."""
    yield from (_parse_point(sample) for sample in item.get("values") or ())
    if "value" in item:
        yield _parse_point(item["value"])
    yield from (
        (float(timestamp), float(histogram["count"]))
        for timestamp, histogram in _list_histogram_samples(item)
    )


def _parse_histograms(item: Mapping[str, Any]) -> Iterator[tuple[float, Buckets]]:
    for timestamp, histogram in _list_histogram_samples(item):
        buckets = tuple(
            (float(low), float(high), float(count))
            for _, low, high, count in histogram.get("buckets") or ()
        )
        yield float(timestamp), buckets


def _list_histogram_samples(item: Mapping[str, Any]) -> list[Any]:
    return [
        *(item.get("histograms") or ()),
        *([item["histogram"]] if "histogram" in item else ()),
    ]


def _parse_point(sample: Any, *, scalar: bool = True) -> tuple[float, float]:
    try:
        timestamp, value = sample
        if not isfinite(float(timestamp)):
            raise ValueError("a time that is none")
        return float(timestamp), float(value) if scalar else 0.0
    except TypeError as error:
        raise ValueError("a value that is none") from error


@contextlib.contextmanager
def translate_shape_errors(address: str) -> Iterator[None]:
    """Turn errors about the shape of an answer into a `ServerError`: the API's one boundary."""
    try:
        yield
    except SHAPE_ERRORS as error:
        problem = f"{address} answers in a form that no Prometheus has"
        raise ServerError(problem, tip=ADDRESS_TIP) from error


def parse_labels(value: Any) -> dict[str, str]:
    """The labels of a series or target; raises `TypeError`."""
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise TypeError("no labels")
    return value


def parse_series(data: Any) -> list[dict[str, str]]:
    """The labels of each series of `series`."""
    return [parse_labels(labels) for labels in _read_list(data)]


def parse_texts(data: Any) -> list[str]:
    """The names or values of labels, or warnings."""
    return [str(value) for value in _read_list(data)]


def parse_config(data: Any) -> str:
    """The configuration in YAML of `status/config`."""
    text = data.get("yaml") or ""
    if not isinstance(text, str):
        raise TypeError("no text")
    return text


def parse_targets(data: Any) -> list[dict[str, Any]]:
    """The active targets of `targets`, each with labels and numbers."""
    targets = [dict(target) for target in _read_list(data.get("activeTargets"))]
    for target in targets:
        target["labels"] = parse_labels(target.get("labels") or {})
        target["lastScrapeDuration"] = float(target.get("lastScrapeDuration") or 0)
    return targets


def parse_recordings(data: Any) -> list[tuple[str, dict[str, str]]]:
    """The recording rules of `rules`: what each records, and the labels that it adds."""
    return [
        (str(rule.get("name")), parse_labels(rule.get("labels") or {}))
        for group in _read_list(data.get("groups"))
        for rule in _read_list(group.get("rules"))
    ]


def parse_types_by_family(data: Any) -> dict[str, set[str]]:
    """The types that targets declare of each family, of `metadata`."""
    return {
        str(name): {str(entry.get("type")) for entry in _read_list(entries)}
        for name, entries in data.items()
    }


def parse_declared_types(data: Any) -> dict[str, str]:
    """The type of each family, of `targets/metadata`."""
    return {str(entry.get("metric")): str(entry.get("type")) for entry in _read_list(data)}


def _read_list(value: Any) -> list[Any]:
    """A list, which may be null; raises `TypeError` for any other value."""
    if not isinstance(value, list | None):
        raise TypeError("no list")
    return value or []
