"""One deployable program that exposes metrics."""

import dataclasses
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar, get_args

from tailboard.panels.concept import Concept, M
from tailboard.panels.convention import Convention
from tailboard.panels.definition_error import DefinitionError, MissingMetricError, did_you_mean
from tailboard.panels.matcher import (
    Matcher,
    Matchers,
    avoids,
    checked_label,
    differs,
    equals,
    literal,
    matchers,
    matches,
)
from tailboard.panels.metric import Gauge, Histogram, Metric, Role
from tailboard.panels.objectives import Objectives
from tailboard.panels.recording import BY_INSTANCE, RECORDED, SERVICE, Recording
from tailboard.panels.selection import Histograms, Selection, merged

MetricT = TypeVar("MetricT", bound=Metric)

GRAFANA_VARIABLE = re.compile(r"\$\{?\w")

LONGEST_SLUG = 27
"""A uid has 40 characters, `-dependencies` 13 of them."""


@dataclass(frozen=True)
class Service:
    """A program: its name, the labels of its targets, its convention and its objectives.

    `selector` holds target labels, those that every series of the service and its `up` carry.
    `by` are the labels that tell services apart where the selector matches several of them.
    `recorded` lets its panels read what its recording rules keep, over all of its instances,
    instead of computing it. `routes` narrows what is measured per route, `chosen` everything, both
    usually to a dashboard variable. `folder` is where in Grafana its dashboards are published.
    """

    name: str
    selector: Mapping[str, str | Matcher]
    convention: Convention
    objectives: Objectives = field(default_factory=Objectives)
    histograms: Histograms = "classic"
    by: tuple[str, ...] = ()
    recorded: bool = False
    routes: Matcher | None = None
    chosen: Matchers = ()
    folder: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise DefinitionError("a service has no name", tip="give it the name people say.")
        if not self.selector:
            raise DefinitionError(
                f"the service {self.name!r} selects nothing, which would select everything",
                tip='name its targets, for example selector={"job": "orders-api"}.',
            )
        if self.histograms not in get_args(Histograms):
            raise DefinitionError(
                f"the service {self.name!r} stores histograms as {self.histograms!r}",
                tip=did_you_mean(str(self.histograms), get_args(Histograms)),
            )
        by: object = self.by
        if isinstance(by, str):
            raise DefinitionError(
                f"the service {self.name!r} is told apart by {by!r}, which is not a list",
                tip=f"write by=({by!r},).",
            )
        for label in self.by:
            checked_label(label)
        matchers(self.selector)
        if self.recorded and self.chosen_by_variable:
            raise DefinitionError(
                f"the service {self.name!r} is chosen by a variable, and nothing is recorded of it",
                tip="recording rules are made for a named service: take recorded=True away.",
            )

    @property
    def slug(self) -> str:
        """The name in lower case letters, digits and dashes: the beginning of its uids.

        What does not survive that, as Chinese does not, or is too long, is told apart by a hash.
        """
        name = self.name.lower()
        plain = re.sub(r"[^a-z0-9]+", "-", name).strip("-")
        if plain and len(plain) <= LONGEST_SLUG and not re.search(r"[^\W_a-z0-9]", name):
            return plain
        digest = hashlib.blake2s(name.encode(), digest_size=4).hexdigest()
        return f"{plain[: LONGEST_SLUG - 9].strip('-') or 'service'}-{digest}"

    @property
    def title(self) -> str:
        """The name as a heading begins with it."""
        return self.name[:1].upper() + self.name[1:]

    @property
    def pushed(self) -> bool:
        """Whether the metrics come through a Pushgateway, whose `up` is not the service's."""
        kinds = self.convention.metrics.values()
        return any(isinstance(metric, Histogram) and metric.pushed for metric in kinds)

    @property
    def legend(self) -> str:
        """How a line says whose it is: the service's name, or the labels that tell it apart."""
        return " ".join(f"{{{{{label}}}}}" for label in self.by) or self.name

    def line(self, *labels: str) -> str:
        """The legend of one line among several: whose it is, then these labels."""
        return " ".join((self.legend, *(f"{{{{{label}}}}}" for label in labels)))

    def select(
        self, concept: Concept[M], panel: str, where: Mapping[Role, Matcher] | None = None
    ) -> Selection[M]:
        """The service's series for a concept; `panel` is who asks, for the error without one."""
        metric = self.convention.metric(concept, panel)
        recordings = tuple(self._recordings(concept, metric))
        found = dataclasses.replace(self.series(metric), recordings=recordings)
        return found.where(where, panel) if where else found

    def series(self, metric: MetricT) -> Selection[MetricT]:
        """The service's series of any metric, one that no convention knows included."""
        return Selection(metric, self._matchers(metric), self.histograms)

    def has(self, *concepts: Concept[Any]) -> bool:
        """Whether the convention has a metric for all these concepts."""
        return all(concept in self.convention.metrics for concept in concepts)

    def up(self, panel: str) -> Selection[Gauge]:
        """Whether Prometheus reached the service's targets, one series an instance.

        There is none for what is pushed: Prometheus reaches the Pushgateway, not the program.
        """
        if self.pushed:
            raise MissingMetricError(
                f"the convention {self.convention.name!r} has no `up` of the program, "
                f"which the panel {panel!r} shows",
                tip="what is pushed has no target of its own: watch the age of its last run.",
            )
        return Selection(Gauge("up"), self.targets)

    @property
    def targets(self) -> Matchers:
        """The matchers of the service's targets."""
        return merged(matchers(self.selector), self.chosen)

    @property
    def chosen_by_variable(self) -> bool:
        """Whether a variable of Grafana says which targets are meant: Prometheus cannot know."""
        return any(GRAFANA_VARIABLE.search(it.value) for _, it in self.targets)

    def as_recorded(self) -> Self:
        """The whole service as its recording rules keep it: what alert rules compare."""
        return dataclasses.replace(self, recorded=True, chosen=(), routes=None)

    def narrowed(
        self, selector: Mapping[str, str | Matcher] | None = None, routes: Matcher | None = None
    ) -> Self:
        """The same service seen through more matchers, usually dashboard variables."""
        return dataclasses.replace(
            self,
            chosen=merged(self.chosen, matchers(selector or {})),
            routes=routes or self.routes,
        )

    def _recordings(self, concept: Concept[Any], metric: Metric) -> Iterator[Recording]:
        """Where the metric's rates are kept; what is chosen by target labels is not recorded."""
        pushed = isinstance(metric, Histogram) and metric.pushed
        if not self.recorded or self.chosen or concept not in RECORDED or pushed:
            return
        kept = [metric.labels[role] for role in RECORDED[concept] if role in metric.labels]
        level = tuple(dict.fromkeys((*self.by, *kept, *metric.matchers)))
        route = metric.labels.get(Role.ROUTE)
        shown = ((route, self.routes),) if route and self.routes else ()
        own = ((SERVICE, equals(self.slug)), *matchers(metric.matchers))
        yield Recording(level, (*own, *shown))
        if concept in BY_INSTANCE and not shown:
            by = dict.fromkeys((*self.by, "instance", *metric.matchers))
            yield Recording(tuple(by), own, counts_only=True)

    def _matchers(self, metric: Metric) -> Matchers:
        return merged(
            self.targets,
            matchers(self.convention.matchers),
            matchers(metric.matchers),
            self._route_matchers(metric),
        )

    def _route_matchers(self, metric: Metric) -> Matchers:
        if Role.ROUTE not in metric.labels:
            return ()
        shown = (self.routes,) if self.routes else ()
        return tuple((metric.labels[Role.ROUTE], it) for it in (*self._excluded(), *shown))

    def _excluded(self) -> tuple[Matcher, ...]:
        routes = self.convention.excluded_routes
        if len(routes) > 1:
            return (avoids("|".join(literal(route) for route in routes)),)
        return tuple(differs(route) for route in routes)


def every_service(convention: Convention, objectives: Objectives | None = None) -> Service:
    """Every service of one convention, told apart by `job`: what a `$job` variable chooses."""
    return Service(
        "all services",
        selector={"job": matches("$job")},
        convention=convention,
        objectives=objectives or Objectives(),
        by=("job",),
    )
