"""How an instrumentation library names its metrics and labels: pure data."""

import dataclasses
from collections.abc import Mapping
from dataclasses import KW_ONLY, field
from typing import Any, Self

from tailboard.panels.concept import REQUESTS, Concept, M
from tailboard.panels.definition_error import DefinitionError, MissingMetricError, suggest_name
from tailboard.panels.matcher import Matcher, validate_label
from tailboard.panels.metric import Metric
from tailboard.panels.record import record
from tailboard.panels.statuses import Statuses


@record
class Convention:
    """Which metric of a library carries which concept.

    `missing` says, for a concept the library has no metric for, why and what to do about it.
    `excluded_routes` are never shown: the scrape and the health checks. `matchers` are added to
    every metric. `has_targets` is false where the programs push their metrics, as by OTLP: then
    Prometheus has no `up` of them. `raw_paths` is true where the route label carries raw request
    paths, so that its values are unbounded. `notes` are pitfalls; `tailboard explain` prints them.
    """

    _: KW_ONLY
    name: str
    library: str
    metrics: Mapping[Concept[Any], Metric]
    missing: Mapping[Concept[Any], str] = field(default_factory=dict)
    excluded_routes: tuple[str, ...] = ()
    matchers: Mapping[str, str | Matcher] = field(default_factory=dict)
    has_targets: bool = True
    raw_paths: bool = False
    notes: tuple[str, ...] = ()

    def resolve_metric(self, concept: Concept[M], panel: str) -> M:
        """The metric of a concept; `panel` is named in the error where the convention has none."""
        metric = self.metrics.get(concept)
        if metric is None:
            raise MissingMetricError(
                f"the convention {self.name!r} has no metric for {concept.name}, "
                f"which the panel {panel!r} shows",
                tip=self.missing.get(concept)
                or f"the application would have to expose {concept.required_metric}.",
            )
        return metric  # type: ignore[return-value]  # the mapping's values have their keys' type

    def evolve(
        self,
        *,
        name: str | None = None,
        prefix: tuple[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        matchers: Mapping[str, str | Matcher] | None = None,
        metrics: Mapping[Concept[Any], Metric | None] | None = None,
        excluded_routes: tuple[str, ...] | None = None,
        statuses: Statuses | None = None,
        has_targets: bool | None = None,
    ) -> Self:
        """A copy with the changes of one application.

        `prefix=("starlette", "http")` renames every metric that begins with the first;
        `labels={"endpoint": "exported_endpoint"}` renames a label wherever it occurs; `matchers`
        are added to every metric; `metrics` replaces single metrics, or removes them with None;
        `statuses` says which requests fail, and which their clients got wrong; `has_targets=False`
        that the metrics come by OTLP or another push.
        """
        metrics_by_concept = dict(self.metrics)
        if prefix:
            metrics_by_concept = {
                concept: _replace_prefix(metric, *prefix)
                for concept, metric in metrics_by_concept.items()
            }
            if metrics_by_concept == dict(self.metrics):
                names = ", ".join(sorted({metric.name for metric in self.metrics.values()}))
                raise DefinitionError(
                    f"no metric of the convention {self.name!r} begins with {prefix[0]!r}",
                    tip=f"its metrics are {names}.",
                )
        if labels:
            self._check_labels(labels)
            metrics_by_concept = {
                concept: _replace_labels(metric, labels)
                for concept, metric in metrics_by_concept.items()
            }
        for concept, metric in (metrics or {}).items():
            if metric is None:
                metrics_by_concept.pop(concept, None)
            else:
                metrics_by_concept[concept] = metric
        if statuses:
            requests = metrics_by_concept.get(REQUESTS)
            if requests is None:
                raise DefinitionError(
                    f"the convention {self.name!r} has no requests that could have statuses",
                    tip=f"the application would have to expose {REQUESTS.required_metric}.",
                )
            metrics_by_concept[REQUESTS] = dataclasses.replace(requests, statuses=statuses)
        return dataclasses.replace(
            self,
            name=name or self.name,
            metrics=metrics_by_concept,
            matchers={**self.matchers, **(matchers or {})},
            excluded_routes=self.excluded_routes if excluded_routes is None else excluded_routes,
            has_targets=self.has_targets if has_targets is None else has_targets,
        )

    def _check_labels(self, labels: Mapping[str, str]) -> None:
        label_names = {
            label for metric in self.metrics.values() for label in metric.labels.values()
        }
        for label, new_label in labels.items():
            validate_label(new_label)
            if label not in label_names:
                raise DefinitionError(
                    f"no metric of the convention {self.name!r} has the label {label!r}",
                    tip=suggest_name(label, label_names),
                )


def _replace_prefix(metric: Metric, old_prefix: str, new_prefix: str) -> Metric:
    """The metric with another prefix in its name and in those of `plus` and `minus`."""
    names = {
        field.name: new_prefix + value.removeprefix(old_prefix)
        for field in dataclasses.fields(metric)
        if field.name in {"name", "plus", "minus"}
        and (value := getattr(metric, field.name)).startswith(old_prefix)
    }
    return dataclasses.replace(metric, **names)


def _replace_labels(metric: Metric, labels: Mapping[str, str]) -> Metric:
    new_labels = {role: labels.get(label, label) for role, label in metric.labels.items()}
    return dataclasses.replace(metric, labels=new_labels)
