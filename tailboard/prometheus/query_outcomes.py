"""Running expressions now and over the last hour, which is one request each, a few at a time."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tailboard.prometheus.client.responses import (
    QueryLimitError,
    QueryResult,
    RefusedError,
    ResultSeries,
)
from tailboard.prometheus.client.server import PrometheusServer
from tailboard.prometheus.variables.intervals import DASHBOARD_RANGE, QUERY_STEP
from tailboard.publish.errors import ServerError, TailboardError
from tailboard.publish.parallel import Parallel

MAX_SERIES = 1000
"""From this number of series on, a panel cannot be read and is slow to draw."""

MAX_SLOW_QUERIES = 8
"""After so many queries in a row that are too slow, the server is."""


@dataclass(frozen=True)
class QueryOutcome:
    """What an expression gave: series and numbers now, when it had a number last, or its error."""

    series_count: int = 0
    number_count: int = 0
    last_time: float | None = None
    limit_problem: str = ""
    refusal: str = ""
    warnings: str = ""


@dataclass(frozen=True)
class QueryOutcomes:
    """The outcomes by expression; missing ones were not sent because of `stop_error`."""

    by_expression: dict[str, QueryOutcome]
    stop_error: TailboardError | None = None


def run_queries(
    server: PrometheusServer,
    expressions: Iterable[str],
    concurrency: int,
    advance: Callable[[], None] = lambda: None,
) -> QueryOutcomes:
    """Ask all of them; ends early when the server does not answer any more."""
    try:
        has_now = server.has_now_in_range(DASHBOARD_RANGE, QUERY_STEP)
    except TailboardError as error:
        return QueryOutcomes({}, error)
    work = Parallel(
        lambda expression: run_query(server, expression, has_now=has_now), expressions, concurrency
    )
    outcomes: dict[str, QueryOutcome] = {}
    slow_count = 0
    for expression, outcome in work:
        outcomes[expression] = outcome
        advance()
        slow_count = slow_count + 1 if outcome.limit_problem and not outcome.series_count else 0
        if slow_count >= MAX_SLOW_QUERIES:
            problem = f"{server.display_address} was too slow for {slow_count} queries in a row"
            work.stop(ServerError(problem, tip="try later, or with a longer --timeout."))
    return QueryOutcomes(outcomes, work.error)


def run_query(server: PrometheusServer, expression: str, *, has_now: bool) -> QueryOutcome:
    """What one expression gives; `has_now` if the last point of a range is of now.

    Then the range shows what there is now. Else now is asked for besides, and also where a range
    has too many series: how many of them are of now, its beginning does not show.
    """
    try:
        range_result = server.query_range(
            expression, DASHBOARD_RANGE, QUERY_STEP, limit=MAX_SERIES + 1
        )
        is_over_limit = len(range_result.series) > MAX_SERIES
        instant_result = (
            server.select_now(range_result)
            if has_now and not is_over_limit
            else server.query_instant(expression, limit=MAX_SERIES + 1)
        )
    except QueryLimitError as error:
        return QueryOutcome(limit_problem=error.problem)
    except RefusedError as error:
        return QueryOutcome(refusal=error.problem)
    if len(instant_result.series) > MAX_SERIES:
        return _build_outcome(instant_result, limit_problem=f"more than {MAX_SERIES} series")
    return _build_outcome(
        instant_result,
        range_result,
        f"more than {MAX_SERIES} series within an hour" if is_over_limit else "",
    )


def _build_outcome(
    instant_result: QueryResult, range_result: QueryResult | None = None, limit_problem: str = ""
) -> QueryOutcome:
    times = [
        timestamp
        for series in (range_result.series if range_result else ())
        if (timestamp := _find_last_time(series)) is not None
    ]
    return QueryOutcome(
        series_count=len(instant_result.series),
        number_count=sum(_find_last_time(series) is not None for series in instant_result.series),
        last_time=max(times, default=None),
        limit_problem=limit_problem,
        warnings="; ".join(
            dict.fromkeys(
                (*instant_result.warnings, *(range_result.warnings if range_result else ()))
            )
        ),
    )


def _find_last_time(series: ResultSeries) -> float | None:
    """When a series had a number last."""
    return next(
        (timestamp for timestamp, value in reversed(series.points) if not math.isnan(value)), None
    )
