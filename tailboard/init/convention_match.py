"""Which convention a program follows, judged by label sets: four libraries share their names.

One exposition is one program, and gets one convention: the one that explains most of it. Where the
application lacks what that one has, or has what it lacks, single metrics are taken away or added.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from math import isfinite
from typing import Any

from tailboard.init.dependency_match import find_dependency_metrics
from tailboard.init.presence import (
    QUANTILE_LABEL,
    Presence,
    classify_presence,
    describe_absence,
    is_known,
    is_summary,
    list_metric_series,
)
from tailboard.init.recognition import Change, Recognition
from tailboard.init.variants import Variant, list_variants
from tailboard.metrics.catalogue import Catalogue
from tailboard.panels.concept import (
    DURATION,
    DURATION_SUMMARY,
    OVERALL_DURATION,
    PUSH_FAILURE,
    REDIS_DURATION,
    REQUESTS,
    TASK_DURATION,
    TASK_FAILURES,
    TASK_TIME,
    TASK_WAIT,
    TASKS,
    Concept,
)
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import CONVENTIONS
from tailboard.panels.conventions.process import PROCESS, describe_missing_process
from tailboard.panels.metric import Histogram, Metric, Role, Summary

NO_CONVENTION = Convention(name="own_metrics", library="own metrics", metrics={})
"""For a program that follows no convention."""

REQUEST_CONCEPTS = {REQUESTS, DURATION, OVERALL_DURATION}
COUNTER_CONCEPTS = {REQUESTS, TASKS}
WORK_CONCEPTS = {TASKS, TASK_FAILURES, TASK_DURATION, TASK_TIME, TASK_WAIT}
"""Concepts whose series are compared by the name of the task."""

PUSH_CONCEPTS = {PUSH_FAILURE}
"""Concepts that only conventions of pushed metrics have."""

PROCESS_PREFIXES = ("process_", "python_")
WORKER_REASONS = describe_missing_process(
    "no process_* and python_* are exposed, as with several workers"
)

LIBRARY_HELP_TEXTS = {
    **dict.fromkeys(
        ("fastapi_instrumentator", "fastapi_instrumentator_ungrouped"),
        "Total number of requests by method, status and handler.",
    ),
    "starlette_exporter": "HTTP request duration, in seconds",
    **dict.fromkeys(("litestar", "litestar_grouped"), "Request duration, in seconds"),
}
"""What libraries say of their metrics whose names others have, too."""

FIRST_SCRAPE_HELP_TEXTS = {
    "Total HTTP requests currently in progress": "starlette_exporter",
    "Total requests currently in progress": "litestar",
}
"""What is all that libraries say in the first scrape, which is the first request of all."""

PUSHGATEWAY_PREFIX = "pushgateway_"
"""How the names of a Pushgateway's own metrics begin."""

LABEL_VALUE_TESTS: Mapping[str, tuple[Role, Callable[[Set[str]], bool]]] = {
    "fastapi_instrumentator": (Role.STATUS, lambda values: any("xx" in value for value in values)),
    "fastapi_instrumentator_ungrouped": (
        Role.STATUS,
        lambda values: any(re.fullmatch(r"\d{3}", value) for value in values),
    ),
    "litestar": (Role.ROUTE, lambda values: not any("{" in value for value in values)),
    "litestar_grouped": (Role.ROUTE, lambda values: any("{" in value for value in values)),
}
"""Where two conventions have the same names and labels: what the values of a label look like."""


def recognize_convention(catalogue: Catalogue, *, has_targets: bool = True) -> Recognition:
    """The convention that fits most of the metrics, with the changes of this application.

    `has_targets` is false where they come by OTLP or another push, so that there is no `up`.
    """
    candidates = [
        _ConventionMatch(variant, variant.build_convention(), catalogue)
        for library_convention in CONVENTIONS
        for variant in list_variants(library_convention, catalogue)
    ]
    best_match = _choose_match(candidates, catalogue)
    variant = _vary_targets(best_match.variant, has_targets) if best_match else None
    base = variant.build_convention() if variant else NO_CONVENTION.evolve(has_targets=has_targets)
    changes = dict(_find_changes(base, catalogue))
    convention = base.evolve(
        metrics={concept: change.metric for concept, change in changes.items()}
    )
    if not _is_pushed(base):
        own_metrics = find_dependency_metrics(catalogue, convention)
        convention = convention.evolve(metrics=own_metrics)
        for concept, metric in own_metrics.items():
            buckets = metric.buckets if isinstance(metric, Histogram) else ()
            changes[concept] = Change(metric, buckets=buckets, is_own=True)
    silent_concepts = (
        concept
        for concept, metric in convention.metrics.items()
        if classify_presence(metric, convention, catalogue) is Presence.NO_EVENT
    )
    recognition = Recognition(
        variant,
        changes,
        convention,
        frozenset(silent_concepts),
        _describe_missing(base, convention, changes),
        tuple(_find_unused_conventions(candidates, convention)),
        is_by_names=best_match is not None and not best_match.is_convincing,
        expected_convention="" if best_match else _find_expected_convention(catalogue),
    )
    if not recognition.is_multiprocess_guess:
        return recognition
    return replace(
        recognition,
        missing={
            concept: WORKER_REASONS.get(concept, reason)
            for concept, reason in recognition.missing.items()
        },
    )


def _choose_match(
    candidates: Sequence["_ConventionMatch"], catalogue: Catalogue
) -> "_ConventionMatch | None":
    """The match that explains most, by series or, failing that, by declarations alone.

    What a Pushgateway declares without series of its own is of the jobs that pushed it.
    """
    is_gateway = any(name.startswith(PUSHGATEWAY_PREFIX) for name in catalogue.metrics)
    return max(
        (match for match in candidates if match.is_convincing),
        key=lambda match: match.rank,
        default=None,
    ) or max(
        (match for match in candidates if match.is_declared and not is_gateway),
        key=lambda match: match.declared_rank,
        default=None,
    )


def _describe_missing(
    base: Convention, convention: Convention, changes: Mapping[Concept[Any], Change]
) -> dict[Concept[Any], str]:
    """Why each concept is missing, in the application or in all that follow its convention."""
    absence_reasons = {
        concept: change.reason for concept, change in changes.items() if change.metric is None
    }
    known_concepts = {*convention.metrics, *PUSH_CONCEPTS}
    lacking_reasons = {
        concept: reason for concept, reason in base.missing.items() if concept not in known_concepts
    }
    return {**absence_reasons, **lacking_reasons}


def _find_expected_convention(catalogue: Catalogue) -> str:
    """The convention that the first scrape announces by its help texts alone; empty for none."""
    return next(
        (
            name
            for help_text, name in FIRST_SCRAPE_HELP_TEXTS.items()
            if help_text in catalogue.help_texts.values()
        ),
        "",
    )


def _vary_targets(variant: Variant, has_targets: bool) -> Variant:
    """The variant of a program that is scraped, or is not; a Pushgateway's convention knows."""
    convention = variant.build_convention()
    is_known_already = has_targets == convention.has_targets or _is_pushed(convention)
    return variant if is_known_already else replace(variant, has_targets=has_targets)


class _ConventionMatch:
    """A variant of a convention beside a catalogue: how much of it is there."""

    def __init__(self, variant: Variant, convention: Convention, catalogue: Catalogue) -> None:
        self.variant, self.convention, self.catalogue = variant, convention, catalogue
        presences = {
            concept: classify_presence(metric, convention, catalogue)
            for concept, metric in convention.metrics.items()
        }
        self.known_concepts = {
            concept
            for concept, metric in convention.metrics.items()
            if is_known(metric, convention, catalogue)
        }
        self.metric_names = self._list_metric_names(self.known_concepts - {*PROCESS})
        self.declared_concepts = {
            concept
            for concept, presence in presences.items()
            if presence is not Presence.ABSENT and concept not in PROCESS
        }
        self.declared_names = self._list_metric_names(self.declared_concepts)
        absent_concepts = {
            concept for concept, presence in presences.items() if presence is Presence.ABSENT
        }
        client_concepts = {
            concept
            for concept, metric in PROCESS.items()
            if convention.metrics.get(concept) == metric
        }
        self._process_rank = (
            len(client_concepts & self.known_concepts),
            -len({*PROCESS} & absent_concepts),
        )

    @property
    def is_convincing(self) -> bool:
        """Whether it may be more than a coincidence of one name."""
        min_count = 2 if self.variant.is_varied and not self.variant.is_of_library else 1
        request_concepts = REQUEST_CONCEPTS & {*self.convention.metrics}
        return len(self.metric_names) >= min_count and (
            not request_concepts or bool(request_concepts & self.known_concepts)
        )

    @property
    def is_declared(self) -> bool:
        """Whether it may be what a program follows that only declares its metrics so far."""
        request_concepts = REQUEST_CONCEPTS & {*self.convention.metrics}
        return len(self.declared_names) > 1 and (
            not request_concepts or bool(request_concepts & self.declared_concepts)
        )

    @property
    def declared_rank(self) -> tuple[Any, ...]:
        """What makes one convention the better explanation of names, types and help texts."""
        help_text = LIBRARY_HELP_TEXTS.get(self.convention.name, "")
        has_help = not self.catalogue.help_texts or (
            help_text in self.catalogue.help_texts.values() if help_text else None
        )
        return (
            bool(REQUEST_CONCEPTS & self.declared_concepts),
            {True: 1, None: 0, False: -1}[has_help],
            len(self.declared_names),
            not self.variant.is_varied,
            -len(self.convention.metrics.keys() - PROCESS.keys() - self.declared_concepts),
            -self._request_matcher_count,
            *self._process_rank,
            -CONVENTIONS.index(self.variant.library_convention),
        )

    @property
    def rank(self) -> tuple[Any, ...]:
        """What makes one convention the better explanation, most important first."""
        labels = sum(
            len(self.convention.metrics[concept].labels) for concept in self.known_concepts
        )
        return (
            bool(
                REQUEST_CONCEPTS & self.known_concepts
            ),  # its labels and exclusions are for all of it
            len(self.metric_names),
            not self.variant.is_varied,
            self._has_expected_values(),
            self._request_matcher_count if REQUESTS in self.known_concepts else 0,
            labels,
            *self._process_rank,
            -CONVENTIONS.index(self.variant.library_convention),
        )

    @property
    def _request_matcher_count(self) -> int:
        """How much a convention says of its requests beside their name, such as their scope."""
        requests = self.convention.metrics.get(REQUESTS)
        return len(requests.matchers) if requests else 0

    def _list_metric_names(self, concepts: set[Concept[Any]]) -> set[str]:
        return {self.convention.metrics[concept].name for concept in concepts}

    def _has_expected_values(self) -> bool:
        """Whether the values of the telling label look as they should."""
        if self.convention.name not in LABEL_VALUE_TESTS or REQUESTS not in self.known_concepts:
            return True
        role, is_expected = LABEL_VALUE_TESTS[self.convention.name]
        metric = self.convention.metrics[REQUESTS]
        metric_series = self.catalogue.metrics.get(list_metric_series(metric)[0])
        return metric_series is None or is_expected(
            metric_series.labels[metric.labels[role]].known_values
        )


def _find_changes(base: Convention, catalogue: Catalogue) -> Iterator[tuple[Concept[Any], Change]]:
    """What the application has otherwise than the convention."""
    has_process = any(name.startswith(PROCESS_PREFIXES) for name in catalogue.names)
    concepts = {
        concept: None for convention in (base, *CONVENTIONS) for concept in convention.metrics
    }
    for concept in concepts:
        metric = base.metrics.get(concept)
        reason = describe_absence(metric, base, catalogue) if metric else ""
        if metric and not reason:
            if bounds := _find_other_bounds(concept, metric, catalogue):
                yield concept, Change(_replace_buckets(metric, bounds), buckets=bounds)
            continue
        other_convention = _find_other_convention(concept, base, catalogue)
        if other_convention:
            other_metric = other_convention.metrics[concept]
            bounds = _find_other_bounds(concept, other_metric, catalogue)
            yield (
                concept,
                Change(
                    _replace_buckets(other_metric, bounds) if bounds else other_metric,
                    reason,
                    other_convention,
                    bounds,
                ),
            )
        elif metric and (summary := _build_summary(metric, catalogue)):
            if concept is REQUESTS:
                yield concept, Change(summary, f"{metric.name} is a summary", is_own=True)
            else:
                yield concept, Change(None, f"{metric.name} is a summary")
                yield DURATION_SUMMARY, Change(summary, is_own=True)
        elif metric:
            is_multiprocess = concept in PROCESS and not has_process
            yield (
                concept,
                Change(
                    None,
                    WORKER_REASONS[concept] if is_multiprocess else _append_caution(metric, reason),
                ),
            )


def _build_summary(metric: Metric, catalogue: Catalogue) -> Summary | None:
    """The summary that an application has where the convention has a histogram of that name."""
    name = metric.name
    counts = catalogue.metrics.get(f"{name}_count")
    has_quantiles = is_summary(name, catalogue)
    if (
        not isinstance(metric, Histogram)
        or counts is None
        or not (has_quantiles or catalogue.families.get(name) == "summary")
    ):
        return None
    labels = {role: label for role, label in metric.labels.items() if label in counts.labels}
    values = catalogue.metrics[name].labels[QUANTILE_LABEL].known_values if has_quantiles else ()
    quantiles = tuple(sorted(quantile for quantile in map(float, values) if 0 < quantile < 1))
    return Summary(
        name, labels, metric.matchers, metric.unit, quantiles=quantiles, statuses=metric.statuses
    )


def _find_other_convention(
    concept: Concept[Any], base: Convention, catalogue: Catalogue
) -> Convention | None:
    """Another convention whose metric for the concept is there; a side of the same program."""
    is_foreign_process = concept in PROCESS and concept in base.missing
    if concept in WORK_CONCEPTS and WORK_CONCEPTS & base.metrics.keys():
        return None  # the names of another library's tasks are in another label
    if concept in REQUEST_CONCEPTS or is_foreign_process or _is_pushed(base):
        return None
    for convention in CONVENTIONS:
        metric = convention.metrics.get(concept)
        if metric is None or convention.matchers or _is_pushed(convention):
            continue
        if is_known(metric, convention, catalogue):
            return convention
    return None


def _is_pushed(convention: Convention) -> bool:
    return any(
        isinstance(metric, Histogram) and metric.pushed for metric in convention.metrics.values()
    )


def _append_caution(metric: Metric, reason: str) -> str:
    """Why a metric is not there; some conventions know it."""
    return (
        f"{reason}. {metric.caution}" if metric.caution.startswith("Empty unless") else f"{reason}."
    )


def _find_other_bounds(
    concept: Concept[Any], metric: Metric, catalogue: Catalogue
) -> tuple[float, ...]:
    """The bounds of a histogram's buckets, if they are not those of the convention."""
    if (
        not isinstance(metric, Histogram)
        or concept in COUNTER_CONCEPTS
        or concept == REDIS_DURATION
    ):
        return ()  # of Redis, each command has only the buckets that it filled
    bounds = list_finite_bounds(metric.name, catalogue)
    return () if bounds == tuple(sorted(metric.buckets)) else bounds


def list_finite_bounds(name: str, catalogue: Catalogue) -> tuple[float, ...]:
    """The finite bounds of a histogram's buckets, in its own unit."""
    metric_series = catalogue.find_metric(f"{name}_bucket")
    return (
        tuple(sorted(bound for bound in metric_series.buckets if isfinite(bound)))
        if metric_series
        else ()
    )


def _replace_buckets(metric: Metric, bounds: tuple[float, ...]) -> Metric:
    """The histogram with other buckets; what was said of the old ones is no longer true."""
    if not isinstance(metric, Histogram):
        return metric
    caution = "" if "bucket" in metric.caution else metric.caution
    return replace(metric, buckets=bounds, exact=True, caution=caution)


def _find_unused_conventions(
    candidates: list[_ConventionMatch], convention: Convention
) -> Iterator[Convention]:
    """Conventions that explain two or more metrics which the chosen one does not."""
    known_names = {metric.name for metric in convention.metrics.values()}
    other_matches = sorted(
        (
            match
            for match in candidates
            if match.is_convincing and len(match.metric_names - known_names) >= 2
        ),
        key=lambda match: match.rank,
        reverse=True,
    )
    for match in other_matches:
        if len(match.metric_names - known_names) >= 2:
            known_names |= match.metric_names
            yield match.convention
