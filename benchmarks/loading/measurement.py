"""The overview loaded from raw series and from recorded ones, in turn."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.loading.agreement import Pairs, difference, same_window
from benchmarks.loading.filling import RULES, fill
from benchmarks.loading.queries import Query, queries
from benchmarks.loading.results import Loading, Panel, Reading
from benchmarks.loading.scene import END, RANGE, RAW, RECORDED
from benchmarks.loading.server import Answer, Server, missing, running
from benchmarks.spread import Spread
from tailboard.panels import Service
from tailboard.panels.recording import SERVICE_LABEL

RECORDED_NAME = re.compile(r"\w:\w+:\w")
Rounds = Sequence[Sequence[Answer]]


@dataclass(frozen=True)
class Answers:
    """Several answers, and the CPU seconds that they took the server together."""

    found: list[Answer]
    cpu_seconds: float


@dataclass(frozen=True)
class Round:
    """The answers of the raw dashboard, of the recorded one, and of the rules."""

    raw: Answers
    recorded: Answers
    rules: Answers


def measured(instances: int, rounds: int, tell: Callable[[str], None]) -> Loading | None:
    """Fill a server, load both dashboards so many times; None where there can be no server."""
    lacking = missing()
    if lacking:
        tell(lacking)
        return None
    with running() as server:
        fill(server, instances, tell)
        turns = list(_rounds(server, rounds, tell))
        raw, recorded = [it.raw.found for it in turns], [it.recorded.found for it in turns]
        pairs = list(zip(queries(RAW), queries(RECORDED), strict=True))
        tell("comparing the answers")
        return Loading(
            instances=instances,
            series=_held(server, 'job="orders"'),
            bucket_series=_held(server, 'job="orders",__name__=~".+_bucket"'),
            recorded_series=_held(server, f'{SERVICE_LABEL}="{RECORDED.slug}"'),
            raw=Reading.of(raw),
            recorded=Reading.of(recorded),
            rules=Reading.of([it.rules.found for it in turns]),
            raw_cpu=Spread.of(it.raw.cpu_seconds for it in turns),
            recorded_cpu=Spread.of(it.recorded.cpu_seconds for it in turns),
            rules_cpu=Spread.of(it.rules.cpu_seconds for it in turns),
            panels=list(_panels(pairs, raw, recorded)),
            same_window=list(same_window(server, pairs)),
            as_asked=[
                difference(query, left.points(), right.points())
                for (query, _), left, right in zip(pairs, raw[-1], recorded[-1], strict=True)
            ],
        )


def _rounds(server: Server, rounds: int, tell: Callable[[str], None]) -> Iterator[Round]:
    for turn in range(rounds):
        tell(f"loading the overview, round {turn + 1} of {rounds}")
        yield Round(
            _timed(server, lambda: _load(server, RAW)),
            _timed(server, lambda: _load(server, RECORDED)),
            _timed(server, lambda: [server.at(rule.expression, END) for rule in RULES]),
        )


def _timed(server: Server, ask: Callable[[], list[Answer]]) -> Answers:
    before = server.cpu_seconds()
    found = ask()
    return Answers(found, server.cpu_seconds() - before)


def _load(server: Server, service: Service) -> list[Answer]:
    """Every query of the overview, one after the other."""
    return [_asked(server, it) for it in queries(service)]


def _asked(server: Server, query: Query) -> Answer:
    if query.step is None:
        return server.at(query.expression, END)
    return server.over(query.expression, END - RANGE, END, query.step)


def _held(server: Server, matchers: str) -> int:
    [counted] = server.at(f"count({{{matchers}}})", END).points().values()
    return int(counted)


def _panels(pairs: Pairs, raw: Rounds, recorded: Rounds) -> Iterator[Panel]:
    for title in dict.fromkeys(query.panel for query, _ in pairs):
        own = [index for index, (query, _) in enumerate(pairs) if query.panel == title]
        asked = [pairs[index][1].template for index in own]
        yield Panel(
            title=title,
            raw=Reading.of([[answers[index] for index in own] for answers in raw]),
            recorded=Reading.of([[answers[index] for index in own] for answers in recorded]),
            queries=len(own),
            left_raw=sum(not RECORDED_NAME.search(it) for it in asked),
        )
