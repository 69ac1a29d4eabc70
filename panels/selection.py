"""The series that a query reads: a metric, label matchers, and how histograms are stored."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Literal, Self, TypeVar

from tailboard.panels.definition_error import MissingMetricError
from tailboard.panels.matcher import Matcher, Matchers, add_empty
from tailboard.panels.metric import Metric, Role
from tailboard.panels.recording import Recording

M_co = TypeVar("M_co", bound=Metric, covariant=True)

HistogramStorage = Literal["classic", "native", "both"]
"""How Prometheus stores histograms: `both` reads native ones, and buckets where there are none."""


@dataclass(frozen=True)
class Selection(Generic[M_co]):
    """Some series of one metric, and the recording rules that keep their rates, if any."""

    metric: M_co
    matchers: Matchers = ()
    histograms: HistogramStorage = "classic"
    recordings: tuple[Recording, ...] = ()

    def has_labels(self, *roles: Role) -> bool:
        """Whether the metric has labels for all these roles."""
        return all(role in self.metric.labels for role in roles)

    def resolve_label(self, role: Role, panel: str) -> str:
        """The name of the label with a role; `panel` is named in the error where there is none."""
        if role not in self.metric.labels:
            raise MissingMetricError(
                f"the metric {self.metric.name!r} has no label for the {role}, "
                f"which the panel {panel!r} groups by",
                tip=f"the application would have to add a label for the {role} to "
                f"{self.metric.name}.",
            )
        return self.metric.labels[role]

    def filter_failures(self, panel: str) -> Self:
        """The requests whose status is a failure."""
        statuses = self.metric.statuses
        return self.filter_labels({Role.STATUS: statuses.failures.build_matcher()}, panel)

    def filter_unanswered_failures(self, panel: str) -> Self:
        """The requests whose status is a failure, and those that have none: nobody answered."""
        matcher = add_empty(self.metric.statuses.failures.build_matcher())
        return self.filter_labels({Role.STATUS: matcher}, panel)

    def filter_client_errors(self, panel: str) -> Self:
        """The requests that their clients got wrong, by their status."""
        statuses = self.metric.statuses
        if statuses.client_errors is None:
            raise MissingMetricError(
                f"the statuses of {self.metric.name!r} declare no client errors, which the panel "
                f"{panel!r} shows",
                tip=f"name them in the client_errors of the statuses of {statuses.name}.",
            )
        return self.filter_labels({Role.STATUS: statuses.client_errors.build_matcher()}, panel)

    def filter_labels(self, conditions: Mapping[Role, Matcher], panel: str) -> Self:
        """The selection narrowed by conditions on the labels of these roles."""
        label_matchers = tuple(
            (self.resolve_label(role, panel), matcher) for role, matcher in conditions.items()
        )
        recordings = tuple(
            dataclasses.replace(
                recording, matchers=merge_matchers(recording.matchers, label_matchers)
            )
            for recording in self.recordings
            if {label for label, _ in label_matchers} <= {*recording.level}
        )
        return dataclasses.replace(
            self, matchers=merge_matchers(self.matchers, label_matchers), recordings=recordings
        )


def merge_matchers(*parts: Matchers) -> Matchers:
    """All matchers in order, each once."""
    return tuple(dict.fromkeys(matcher for part in parts for matcher in part))
