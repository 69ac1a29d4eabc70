"""One deployable program that exposes metrics."""

import dataclasses
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, Self, TypeVar, get_args

from tailboard.panels.concept import Concept, M
from tailboard.panels.convention import Convention
from tailboard.panels.definition_error import DefinitionError, MissingMetricError, suggest_name
from tailboard.panels.matcher import (
    GRAFANA_VARIABLE,
    Matcher,
    Matchers,
    avoids,
    build_matchers,
    differs,
    equals,
    escape_regex,
    matches,
    validate_label,
)
from tailboard.panels.metric import Gauge, Histogram, Metric, Role
from tailboard.panels.objectives import Objectives
from tailboard.panels.record import record
from tailboard.panels.recording import INSTANCE_CONCEPTS, RECORDING_ROLES, SERVICE_LABEL, Recording
from tailboard.panels.selection import HistogramStorage, Selection, merge_matchers

MetricT = TypeVar("MetricT", bound=Metric)

MAX_SLUG_LENGTH = 27
"""A uid has 40 characters, `-dependencies` 13 of them."""


@record
class Service:
    """A program: its name, the labels of its targets, its convention and its objectives.

    `selector` holds target labels, those that every series of the service and its `up` carry.
    `by` are the labels that distinguish services where the selector matches several of them.
    With `recorded`, its panels read the series of its recording rules, which cover all of its
    instances. `routes` narrows what is measured per route, `chosen` everything, both usually to a
    dashboard variable. `folder` is the folder of Grafana for its dashboards; with `one_dashboard`
    the library's are the tabs of a single one.
    """

    name: str
    selector: Mapping[str, str | Matcher]
    convention: Convention
    objectives: Objectives = field(default_factory=Objectives)
    histograms: HistogramStorage = "classic"
    by: tuple[str, ...] = ()
    recorded: bool = False
    routes: Matcher | None = None
    chosen: Matchers = ()
    folder: str = ""
    one_dashboard: bool = False

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise DefinitionError("a service has no name", tip="give it the name people say.")
        if not self.selector:
            raise DefinitionError(
                f"the service {self.name!r} selects nothing, which would select everything",
                tip='name its targets, for example selector={"job": "orders-api"}.',
            )
        if self.histograms not in get_args(HistogramStorage):
            raise DefinitionError(
                f"the service {self.name!r} stores histograms as {self.histograms!r}",
                tip=suggest_name(str(self.histograms), get_args(HistogramStorage)),
            )
        by: object = self.by
        if isinstance(by, str):
            raise DefinitionError(
                f"the service {self.name!r} is told apart by {by!r}, which is not a list",
                tip=f"write by=({by!r},).",
            )
        for label in self.by:
            validate_label(label)
        build_matchers(self.selector)
        if self.recorded and self.has_grafana_variable:
            raise DefinitionError(
                f"the service {self.name!r} is chosen by a variable, and nothing is recorded of it",
                tip="recording rules are made for a named service: take recorded=True away.",
            )

    @property
    def slug(self) -> str:
        """The name in lower case letters, digits and dashes: the beginning of its uids.

        A hash is appended where characters are lost, as Chinese ones are, or the name is too long.
        """
        name = self.name.lower()
        slug = re.sub(r"[^a-z0-9]+", "-", name).strip("-")
        if slug and len(slug) <= MAX_SLUG_LENGTH and not re.search(r"[^\W_a-z0-9]", name):
            return slug
        digest = hashlib.blake2s(name.encode(), digest_size=4).hexdigest()
        return f"{slug[: MAX_SLUG_LENGTH - 9].strip('-') or 'service'}-{digest}"

    @property
    def title(self) -> str:
        """The name with an upper-case first letter."""
        return self.name[:1].upper() + self.name[1:]

    @property
    def is_pushed(self) -> bool:
        """Whether the metrics are pushed, so that Prometheus has no `up` of the service."""
        metrics = self.convention.metrics.values()
        return not self.convention.has_targets or any(
            isinstance(metric, Histogram) and metric.pushed for metric in metrics
        )

    @property
    def legend(self) -> str:
        """The legend of the service's line: its name, or the values of the labels in `by`."""
        return " ".join(f"{{{{{label}}}}}" for label in self.by) or self.name

    def format_legend(self, *labels: str) -> str:
        """The legend of one line of several: the service, then the values of these labels."""
        return " ".join((self.legend, *(f"{{{{{label}}}}}" for label in labels)))

    def select_concept(
        self, concept: Concept[M], panel: str, conditions: Mapping[Role, Matcher] | None = None
    ) -> Selection[M]:
        """The service's series of a concept; the error for a missing metric names the `panel`."""
        metric = self.convention.resolve_metric(concept, panel)
        recordings = tuple(self._list_recordings(concept, metric))
        selection = dataclasses.replace(self.select_metric(metric), recordings=recordings)
        return selection.filter_labels(conditions, panel) if conditions else selection

    def select_metric(self, metric: MetricT) -> Selection[MetricT]:
        """The service's series of any metric, also one of no convention."""
        return Selection(metric, self._build_matchers(metric), self.histograms)

    def has_concepts(self, *concepts: Concept[Any]) -> bool:
        """Whether the convention has a metric for all these concepts."""
        return all(concept in self.convention.metrics for concept in concepts)

    def select_up(self, panel: str) -> Selection[Gauge]:
        """Whether Prometheus reached the service's targets, one series an instance.

        There is none for what is pushed: Prometheus does not reach the program, but is reached.
        """
        if self.is_pushed:
            raise MissingMetricError(
                f"the convention {self.convention.name!r} has no `up` of the program, "
                f"which the panel {panel!r} shows",
                tip="what is pushed has no target of its own: watch the age of its last run, or "
                "whether there is traffic.",
            )
        return Selection(Gauge("up"), self.target_matchers)

    @property
    def target_matchers(self) -> Matchers:
        """The matchers of the service's targets."""
        return merge_matchers(build_matchers(self.selector), self.chosen)

    @property
    def has_grafana_variable(self) -> bool:
        """Whether a Grafana variable selects the targets, so that Prometheus alone cannot."""
        return any(GRAFANA_VARIABLE.search(matcher.value) for _, matcher in self.target_matchers)

    def as_recorded(self) -> Self:
        """The whole service, read from its recorded series: what alert rules compare."""
        return dataclasses.replace(self, recorded=True, chosen=(), routes=None)

    def narrow(
        self, selector: Mapping[str, str | Matcher] | None = None, routes: Matcher | None = None
    ) -> Self:
        """The same service narrowed by more matchers, usually dashboard variables."""
        return dataclasses.replace(
            self,
            chosen=merge_matchers(self.chosen, build_matchers(selector or {})),
            routes=routes or self.routes,
        )

    def _list_recordings(self, concept: Concept[Any], metric: Metric) -> Iterator[Recording]:
        """The recordings of a metric's rates; there are none where `chosen` has a target label."""
        is_pushed = isinstance(metric, Histogram) and metric.pushed
        if not self.recorded or self.chosen or concept not in RECORDING_ROLES or is_pushed:
            return
        label_names = [
            metric.labels[role] for role in RECORDING_ROLES[concept] if role in metric.labels
        ]
        level = tuple(dict.fromkeys((*self.by, *label_names, *metric.matchers)))
        route = metric.labels.get(Role.ROUTE)
        route_matchers = ((route, self.routes),) if route and self.routes else ()
        recording_matchers = ((SERVICE_LABEL, equals(self.slug)), *build_matchers(metric.matchers))
        yield Recording(level, (*recording_matchers, *route_matchers))
        if concept in INSTANCE_CONCEPTS and not route_matchers:
            by = dict.fromkeys((*self.by, "instance", *metric.matchers))
            yield Recording(tuple(by), recording_matchers, is_count_only=True)

    def _build_matchers(self, metric: Metric) -> Matchers:
        return merge_matchers(
            self.target_matchers,
            build_matchers(self.convention.matchers),
            build_matchers(metric.matchers),
            self._build_route_matchers(metric),
        )

    def _build_route_matchers(self, metric: Metric) -> Matchers:
        if Role.ROUTE not in metric.labels:
            return ()
        route_matchers = (self.routes,) if self.routes else ()
        return tuple(
            (metric.labels[Role.ROUTE], matcher)
            for matcher in (*self._build_exclusion_matchers(), *route_matchers)
        )

    def _build_exclusion_matchers(self) -> tuple[Matcher, ...]:
        routes = self.convention.excluded_routes
        if len(routes) > 1:
            return (avoids("|".join(escape_regex(route) for route in routes)),)
        return tuple(differs(route) for route in routes)


def every_service(convention: Convention, objectives: Objectives | None = None) -> Service:
    """All services of one convention, grouped by `job`, which a `$job` variable selects."""
    return Service(
        "all services",
        selector={"job": matches("$job")},
        convention=convention,
        objectives=objectives or Objectives(),
        by=("job",),
    )
