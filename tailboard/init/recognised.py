"""What was recognised of a program: its convention, how it varies it, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tailboard.init.presence import series_names
from tailboard.init.variants import Variant, stem
from tailboard.panels.concept import Concept
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import PROMETHEUS_CLIENT_MULTIPROCESS
from tailboard.panels.metric import Histogram, Metric

GENERIC = {"http", "db", "job", "process", "python"}
"""Beginnings of names that belong to no library."""


@dataclass(frozen=True)
class Change:
    """A metric that the application has otherwise; None where it has none, and why.

    `source` is the convention whose metric it is; a metric with other `buckets` has these only.
    """

    metric: Metric | None
    why: str = ""
    source: Convention | None = None
    buckets: tuple[float, ...] = ()


@dataclass(frozen=True)
class Recognised:
    """What a program measures: its convention, how it varies it, what is missing and why.

    `base` is None where no convention explains the program; `silent` are the concepts whose metric
    is declared, and had no event yet; `beside` are conventions that are there too and not used.
    """

    base: Variant | None
    changes: Mapping[Concept[Any], Change]
    convention: Convention
    silent: frozenset[Concept[Any]] = frozenset()
    missing: Mapping[Concept[Any], str] = field(default_factory=dict)
    beside: tuple[Convention, ...] = ()

    @property
    def pushed(self) -> bool:
        """Whether the metrics come through a Pushgateway."""
        metrics = self.convention.metrics.values()
        return bool(self.base and self.base.known.name == "pushgateway_jobs") or any(
            isinstance(it, Histogram) and it.pushed for it in metrics
        )

    @property
    def guesses_workers(self) -> bool:
        """Whether only the absence of process_* speaks for several workers."""
        return self.base is not None and self.base.known is PROMETHEUS_CLIENT_MULTIPROCESS

    def explained(self) -> frozenset[str]:
        """The series that the convention, or one beside it, gives a meaning."""
        known = (self.convention, *self.beside)
        return frozenset(
            name for one in known for it in one.metrics.values() for name in series_names(it)
        )

    def of_library(self, name: str) -> bool:
        """Whether a metric's name begins as those of the library do."""
        return self.base is not None and name.partition("_")[0] in {
            "pushgateway" if self.pushed else "",
            *({stem(self.base.known)} - GENERIC),
        }
