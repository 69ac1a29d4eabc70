"""Which queries select failures by a status, and of which protocol that status is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from tailboard.findings.finding import Place
from tailboard.panels.conventions import CONVENTIONS, VLLM
from tailboard.panels.patterns import has_pattern_match
from tailboard.panels.statuses import Statuses
from tailboard.queries.subject import Query, Subject, list_queries

POSITIVE_OPERATORS = {"=", "=~"}

BOUND_LABELS = {"le", "quantile"}
"""Labels of numbers that are no statuses, though `le="2"` looks like one of gRPC's."""

SINGLE_PROGRAMS = (VLLM,)
"""Conventions whose statuses are of one program; they count where a service declares them."""


@dataclass(frozen=True)
class StatusFilter:
    """A query that selects the failures of a metric by one of its labels.

    `protocols` are those whose failures the matcher selects: one, or several that are alike.
    """

    metric: str
    label: str
    protocols: tuple[Statuses, ...]
    place: Place


def find_status_filters(subjects: Iterable[Subject]) -> list[StatusFilter]:
    """The filters of all queries, by the statuses of the library and of the subjects' services."""
    subjects = list(subjects)
    declared_statuses = (statuses for subject in subjects for statuses in subject.statuses)
    protocols = tuple(dict.fromkeys([*list_library_statuses(), *declared_statuses]))
    return [
        status_filter
        for subject in subjects
        for query in list_queries(subject)
        for status_filter in _find_filters(query, protocols)
    ]


@cache
def list_library_statuses() -> tuple[Statuses, ...]:
    """The statuses of all conventions that speak a protocol, each once.

    Those of one program alone, as vLLM's `error`, are words that other programs use otherwise.
    """
    metrics = (
        metric
        for convention in CONVENTIONS
        if convention not in SINGLE_PROGRAMS
        for metric in convention.metrics.values()
    )
    return tuple(dict.fromkeys(metric.statuses for metric in metrics))


def _find_filters(query: Query, protocols: tuple[Statuses, ...]) -> Iterator[StatusFilter]:
    for selector in query.selectors:
        for label, operator, value in selector.matchers:
            if operator in POSITIVE_OPERATORS and label not in BOUND_LABELS:
                matching_protocols = tuple(
                    statuses for statuses in protocols if _is_of_failures(operator, value, statuses)
                )
                if matching_protocols:
                    yield StatusFilter(selector.name, label, matching_protocols, query.place)


def _is_of_failures(operator: str, value: str, statuses: Statuses) -> bool:
    """Whether a matcher selects failures of a protocol, and nothing else of it."""

    def is_any_selected(values: Iterable[str]) -> bool:
        if operator == "=":
            return value in values
        return has_pattern_match(value, values, is_negated=False)

    other_groups = (group for group in statuses.list_groups() if group != statuses.failures)
    return is_any_selected(statuses.failures.values) and not any(
        is_any_selected(group.values) for group in other_groups
    )
