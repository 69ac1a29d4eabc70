"""How an instrumentation library names its metrics and labels: pure data."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from tailboard.panels.concept import Concept, M
from tailboard.panels.definition_error import DefinitionError, MissingMetricError, did_you_mean
from tailboard.panels.matcher import Matcher, checked_label
from tailboard.panels.metric import Metric


@dataclass(frozen=True, kw_only=True)
class Convention:
    """Which metric of a library carries which concept.

    `missing` says, for a concept the library has no metric for, why and what to do about it.
    `excluded_routes` are never shown: the scrape and the health checks. `matchers` are added to
    every metric. `raw_paths` is true where the route label carries paths as clients sent them, so
    that its values are unbounded. `notes` are the traps that `tailboard explain` tells.
    """

    name: str
    library: str
    metrics: Mapping[Concept[Any], Metric]
    missing: Mapping[Concept[Any], str] = field(default_factory=dict)
    excluded_routes: tuple[str, ...] = ()
    matchers: Mapping[str, str | Matcher] = field(default_factory=dict)
    raw_paths: bool = False
    notes: tuple[str, ...] = ()

    def metric(self, concept: Concept[M], panel: str) -> M:
        """The metric of a concept; `panel` is who asks, for the error that says it is missing."""
        found = self.metrics.get(concept)
        if found is None:
            raise MissingMetricError(
                f"the convention {self.name!r} has no metric for {concept.name}, "
                f"which the panel {panel!r} shows",
                tip=self.missing.get(concept)
                or f"the application would have to expose {concept.expose}.",
            )
        return found  # type: ignore[return-value]  # the mapping's values have their keys' type

    def evolve(
        self,
        *,
        name: str | None = None,
        prefix: tuple[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        matchers: Mapping[str, str | Matcher] | None = None,
        metrics: Mapping[Concept[Any], Metric | None] | None = None,
        excluded_routes: tuple[str, ...] | None = None,
    ) -> Self:
        """The convention as one application varies it.

        `prefix=("starlette", "http")` renames every metric that begins with the first;
        `labels={"endpoint": "exported_endpoint"}` renames a label wherever it occurs; `matchers`
        are added to every metric; `metrics` replaces single metrics, or takes them away with None.
        """
        varied = dict(self.metrics)
        if prefix:
            varied = {key: _renamed(metric, *prefix) for key, metric in varied.items()}
            if varied == dict(self.metrics):
                raise DefinitionError(
                    f"no metric of the convention {self.name!r} begins with {prefix[0]!r}",
                    tip=f"its metrics are {', '.join(sorted({m.name for m in varied.values()}))}.",
                )
        if labels:
            self._check_labels(labels)
            varied = {key: _relabelled(metric, labels) for key, metric in varied.items()}
        for concept, metric in (metrics or {}).items():
            if metric is None:
                varied.pop(concept, None)
            else:
                varied[concept] = metric
        return dataclasses.replace(
            self,
            name=name or self.name,
            metrics=varied,
            matchers={**self.matchers, **(matchers or {})},
            excluded_routes=self.excluded_routes if excluded_routes is None else excluded_routes,
        )

    def _check_labels(self, labels: Mapping[str, str]) -> None:
        known = {label for metric in self.metrics.values() for label in metric.labels.values()}
        for label, renamed in labels.items():
            checked_label(renamed)
            if label not in known:
                raise DefinitionError(
                    f"no metric of the convention {self.name!r} has the label {label!r}",
                    tip=did_you_mean(label, known),
                )


def _renamed(metric: Metric, old: str, new: str) -> Metric:
    """The metric, and what it is added to or taken from, under another prefix."""
    names = {
        field.name: new + value.removeprefix(old)
        for field in dataclasses.fields(metric)
        if field.name in {"name", "plus", "minus"}
        and (value := getattr(metric, field.name)).startswith(old)
    }
    return dataclasses.replace(metric, **names)


def _relabelled(metric: Metric, labels: Mapping[str, str]) -> Metric:
    renamed = {role: labels.get(label, label) for role, label in metric.labels.items()}
    return dataclasses.replace(metric, labels=renamed)
