"""What a Prometheus answers, read from its JSON: series with points, or why there are none."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tailboard.publish.errors import NotAllowedError, ServerError, TailboardError
from tailboard.publish.http.connection import Answer

BUSY = frozenset({429, 502, 503})
SLOW = 504
TOO_LONG = frozenset({"timeout", "canceled"})
TOO_MUCH = re.compile(
    r"too many (samples|series|chunks|bytes)|exceed|limit|timed out|deadline|context canceled",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"https?://[^\s\"'<>]+")
ELSEWHERE = (
    "name the address below which api/v1/query is: Mimir's ends with /prometheus, "
    "and a sub-path belongs to it."
)
TENANT = (
    "set PROMETHEUS_TOKEN, or PROMETHEUS_USER and PROMETHEUS_PASSWORD; "
    "Mimir wants its tenant in PROMETHEUS_TENANT."
)


class RefusedError(TailboardError):
    """The server answers, but not this question."""


class TooMuchError(RefusedError):
    """The question takes too long, or touches more than the server allows."""


@dataclass(frozen=True)
class Line:
    """One series of a result: its labels, and times with values."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Result:
    """What a query gave, and what the server warned of."""

    lines: tuple[Line, ...] = ()
    warnings: tuple[str, ...] = ()


def hidden(text: str) -> str:
    """A server's words without what addresses in them may give away, in one line."""
    from tailboard.publish.http.address import shown

    return ADDRESS.sub(lambda found: shown(found[0]), " ".join(text.split()))[:300]


def data_of(answer: Answer, where: str) -> Any:
    """The data of an answer; raises what it says instead."""
    body = answer.body
    if answer.ok and isinstance(body, dict) and body.get("status") == "success":
        return body.get("data")
    raise problem_of(answer, where)


def problem_of(answer: Answer, where: str) -> TailboardError:
    """Why there is no data: this question is refused, or the server does not work."""
    body = answer.body if isinstance(answer.body, dict) else {}
    said, kind = hidden(answer.message), str(body.get("errorType") or "")
    if is_busy(answer):
        return ServerError(f"{where} is not able to answer ({answer.status}): {said}")
    if (
        answer.status == SLOW
        or kind in TOO_LONG
        or (kind != "bad_data" and body and TOO_MUCH.search(said))
    ):
        return TooMuchError(said)
    if answer.status == 403 and not kind:
        return NotAllowedError(f"{where} forbids it (403): {said}", tip=TENANT)
    if kind:
        return RefusedError(said)
    if answer.status in {400, 422} and body:
        return RefusedError(said)
    problem = f"{where} does not answer as a Prometheus does ({answer.status}): {said}"
    return ServerError(problem, tip=ELSEWHERE)


def is_busy(answer: Answer) -> bool:
    """Whether the server, not the question, is why there is no answer."""
    kind = answer.body.get("errorType") if isinstance(answer.body, dict) else ""
    return answer.status in BUSY and kind not in TOO_LONG


def result_of(data: Any, warnings: tuple[str, ...]) -> Result:
    """A vector, matrix or scalar; raises `ValueError` for what is none."""
    if not isinstance(data, dict):
        raise ValueError("no result")  # noqa: TRY004
    kind, found = data.get("resultType"), data.get("result")
    if kind in {"scalar", "string"}:
        return Result((Line({}, (_point(found, scalar=kind == "scalar"),)),), warnings)
    if kind not in {"vector", "matrix"} or not isinstance(found or [], list):
        raise ValueError(f"a result of type {kind}")
    return Result(tuple(_line(it) for it in found or ()), warnings)


def _line(found: Any) -> Line:
    try:
        return Line(dict(found["metric"]), tuple(sorted(_points(found))))
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError("a series without labels or values") from error


def _points(found: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    """Numbers, and of native histograms how many values they count."""
    yield from (_point(it) for it in found.get("values") or ())
    if "value" in found:
        yield _point(found["value"])
    native = [
        *(found.get("histograms") or ()),
        *([found["histogram"]] if "histogram" in found else ()),
    ]
    yield from ((float(at), float(it["count"])) for at, it in native)


def _point(found: Any, *, scalar: bool = True) -> tuple[float, float]:
    try:
        at, value = found
        return float(at), float(value) if scalar else 0.0
    except TypeError as error:
        raise ValueError("a value that is none") from error
