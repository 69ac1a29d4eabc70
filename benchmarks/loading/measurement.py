"""Measure loading the overview from raw and from recorded series, in turn."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.harness.median_range import MedianRange
from benchmarks.loading.backfill import RATE_RULES, write_history
from benchmarks.loading.differences import Pairs, compare_points, compare_same_window
from benchmarks.loading.queries import Query, list_queries
from benchmarks.loading.results import Loading, PanelComparison, QueryCost
from benchmarks.loading.server import Answer, PrometheusServer, find_obstacle, run_server
from benchmarks.loading.services import END_TIME, RAW_SERVICE, RECORDED_SERVICE, TIME_RANGE
from tailboard.panels import Service
from tailboard.panels.recording import SERVICE_LABEL

RECORDED_NAME = re.compile(r"\w:\w+:\w")
Rounds = Sequence[Sequence[Answer]]


@dataclass(frozen=True)
class QueryAnswers:
    """The results of several queries, and the server's CPU seconds for all of them."""

    answers: list[Answer]
    cpu_seconds: float


@dataclass(frozen=True)
class Round:
    """The results of the raw dashboard, of the recorded one, and of the rules."""

    raw: QueryAnswers
    recorded: QueryAnswers
    rules: QueryAnswers


def measure_loading(
    instances: int, rounds: int, report_progress: Callable[[str], None]
) -> Loading | None:
    """Fill a server and load both dashboards `rounds` times; None if no server can be started."""
    lacking = find_obstacle()
    if lacking:
        report_progress(lacking)
        return None
    with run_server() as server:
        write_history(server, instances, report_progress)
        turns = list(_run_rounds(server, rounds, report_progress))
        raw, recorded = (
            [loading_round.raw.answers for loading_round in turns],
            [loading_round.recorded.answers for loading_round in turns],
        )
        pairs = list(zip(list_queries(RAW_SERVICE), list_queries(RECORDED_SERVICE), strict=True))
        report_progress("comparing the answers")
        return Loading(
            instances=instances,
            series=_count_series(server, 'job="orders"'),
            bucket_series=_count_series(server, 'job="orders",__name__=~".+_bucket"'),
            recorded_series=_count_series(server, f'{SERVICE_LABEL}="{RECORDED_SERVICE.slug}"'),
            raw=QueryCost.from_rounds(raw),
            recorded=QueryCost.from_rounds(recorded),
            rules=QueryCost.from_rounds([loading_round.rules.answers for loading_round in turns]),
            raw_cpu=MedianRange.from_values(
                loading_round.raw.cpu_seconds for loading_round in turns
            ),
            recorded_cpu=MedianRange.from_values(
                loading_round.recorded.cpu_seconds for loading_round in turns
            ),
            rules_cpu=MedianRange.from_values(
                loading_round.rules.cpu_seconds for loading_round in turns
            ),
            panels=list(_compare_panels(pairs, raw, recorded)),
            same_window=list(compare_same_window(server, pairs)),
            as_sent=[
                compare_points(query, left.list_points(), right.list_points())
                for (query, _), left, right in zip(pairs, raw[-1], recorded[-1], strict=True)
            ],
        )


def _run_rounds(
    server: PrometheusServer, rounds: int, report_progress: Callable[[str], None]
) -> Iterator[Round]:
    for turn in range(rounds):
        report_progress(f"loading the overview, round {turn + 1} of {rounds}")
        yield Round(
            _measure_answers(server, lambda: _query_overview(server, RAW_SERVICE)),
            _measure_answers(server, lambda: _query_overview(server, RECORDED_SERVICE)),
            _measure_answers(
                server,
                lambda: [server.query_instant(rule.expression, END_TIME) for rule in RATE_RULES],
            ),
        )


def _measure_answers(
    server: PrometheusServer, run_queries: Callable[[], list[Answer]]
) -> QueryAnswers:
    before = server.read_cpu_seconds()
    answers = run_queries()
    return QueryAnswers(answers, server.read_cpu_seconds() - before)


def _query_overview(server: PrometheusServer, service: Service) -> list[Answer]:
    """Every query of the overview, one after the other."""
    return [_run_query(server, query) for query in list_queries(service)]


def _run_query(server: PrometheusServer, query: Query) -> Answer:
    if query.step is None:
        return server.query_instant(query.expression, END_TIME)
    return server.query_range(query.expression, END_TIME - TIME_RANGE, END_TIME, query.step)


def _count_series(server: PrometheusServer, matchers: str) -> int:
    [counted] = server.query_instant(f"count({{{matchers}}})", END_TIME).list_points().values()
    return int(counted)


def _compare_panels(pairs: Pairs, raw: Rounds, recorded: Rounds) -> Iterator[PanelComparison]:
    for title in dict.fromkeys(query.panel for query, _ in pairs):
        indexes = [index for index, (query, _) in enumerate(pairs) if query.panel == title]
        templates = [pairs[index][1].template for index in indexes]
        yield PanelComparison(
            title=title,
            raw=QueryCost.from_rounds([[answers[index] for index in indexes] for answers in raw]),
            recorded=QueryCost.from_rounds(
                [[answers[index] for index in indexes] for answers in recorded]
            ),
            queries=len(indexes),
            left_raw=sum(not RECORDED_NAME.search(template) for template in templates),
        )
