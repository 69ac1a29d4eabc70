"""What was recognised of a program: its convention, how it varies it, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tailboard.init.presence import list_metric_series
from tailboard.init.variants import Variant, read_name_prefix, split_name_prefix
from tailboard.panels.concept import Concept
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import PROMETHEUS_CLIENT_MULTIPROCESS
from tailboard.panels.metric import Histogram, Metric

GENERIC_PREFIXES = {"http", "db", "job", "process", "python"}
"""Beginnings of names that belong to no library."""


@dataclass(frozen=True)
class Change:
    """A metric that the application has otherwise; None where it has none, and why.

    `source` is the convention whose metric it is, unless it `is_own`: the application's. A metric
    with other `buckets` has these only.
    """

    metric: Metric | None
    reason: str = ""
    source: Convention | None = None
    buckets: tuple[float, ...] = ()
    is_own: bool = False


@dataclass(frozen=True)
class Recognition:
    """What a program measures: its convention, how it varies it, what is missing and why.

    `base` is None where no convention fits the program; `silent_concepts` are the concepts whose
    metric is declared and had no event yet; `unused_conventions` also fit, and are not used.
    `is_by_names` where nothing had an event yet, so that labels are taken on trust.
    `expected_convention` is the one of which only a help text speaks, before the first request.
    """

    base: Variant | None
    changes: Mapping[Concept[Any], Change]
    convention: Convention
    silent_concepts: frozenset[Concept[Any]] = frozenset()
    missing: Mapping[Concept[Any], str] = field(default_factory=dict)
    unused_conventions: tuple[Convention, ...] = ()
    is_by_names: bool = False
    expected_convention: str = ""

    @property
    def is_pushed(self) -> bool:
        """Whether the metrics come through a Pushgateway."""
        metrics = self.convention.metrics.values()
        return bool(self.base and self.base.library_convention.name == "pushgateway_jobs") or any(
            isinstance(metric, Histogram) and metric.pushed for metric in metrics
        )

    @property
    def is_multiprocess_guess(self) -> bool:
        """Whether only the absence of process_* speaks for several workers."""
        return (
            self.base is not None and self.base.library_convention is PROMETHEUS_CLIENT_MULTIPROCESS
        )

    def list_explained_series(self) -> frozenset[str]:
        """The series that the convention, or one beside it, gives a meaning."""
        conventions = (self.convention, *self.unused_conventions)
        return frozenset(
            name
            for convention in conventions
            for metric in convention.metrics.values()
            for name in list_metric_series(metric)
        )

    def is_library_metric(self, name: str) -> bool:
        """Whether a metric's name begins as those of the library do."""
        return self.base is not None and split_name_prefix(name) in {
            "pushgateway" if self.is_pushed else "",
            *({read_name_prefix(self.base.library_convention)} - GENERIC_PREFIXES),
        }
