"""The ways in which an application may vary a convention: another prefix, other labels."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tailboard.init.presence import series_names
from tailboard.metrics.exposition import Catalogue
from tailboard.metrics.sample import METRIC
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import (
    FLASK_EXPORTER_URL_RULE,
    PROMETHEUS_CLIENT,
    PROMETHEUS_CLIENT_JOBS,
    PROMETHEUS_CLIENT_MULTIPROCESS,
    PUSHGATEWAY_JOBS,
)
from tailboard.panels.matcher import LABEL_NAME
from tailboard.panels.metric import Role

OTHER_LABELS: Mapping[Role, tuple[str, ...]] = {
    Role.ROUTE: ("endpoint", "route", "path", "handler", "url_rule", "path_template", "view"),
    Role.METHOD: ("method", "http_method", "request_method", "verb"),
    Role.STATUS: ("status", "status_code", "http_status", "code", "http_status_code"),
    Role.JOB: ("job_name", "task", "task_name", "name"),
    Role.TASK: ("job_name", "task", "task_name", "name"),
    Role.OPERATION: ("operation", "op"),
}
"""What people call the labels of their own metrics."""

RELABELLED = (
    PROMETHEUS_CLIENT,
    PROMETHEUS_CLIENT_MULTIPROCESS,
    FLASK_EXPORTER_URL_RULE,
    PROMETHEUS_CLIENT_JOBS,
    PUSHGATEWAY_JOBS,
)
"""The conventions whose labels are the application's choice; those of the others are fixed."""


@dataclass(frozen=True)
class Variant:
    """A convention, and how an application varies it: the arguments of its `evolve`."""

    known: Convention
    prefix: tuple[str, str] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def varied(self) -> bool:
        """Whether it is not as the library comes."""
        return bool(self.prefix or self.labels)

    def convention(self) -> Convention:
        """The convention as the application has it."""
        if not self.varied:
            return self.known
        return self.known.evolve(prefix=self.prefix, labels=self.labels)


def variants(known: Convention, there: Catalogue) -> Iterator[Variant]:
    """The convention itself, then every variation of which there is a sign."""
    for prefix in (None, *_prefixes(known, there)):
        variant = Variant(known, prefix)
        yield variant
        labels = _labels(variant.convention(), there, free=known in RELABELLED)
        if labels:
            yield Variant(known, prefix, labels)


def stem(known: Convention) -> str:
    """With what the names of the library begin: `starlette` of `starlette_requests_total`."""
    return next(iter(known.metrics.values())).name.partition("_")[0]


def _prefixes(known: Convention, there: Catalogue) -> Iterator[tuple[str, str]]:
    """Other beginnings of the name of the convention's first metric."""
    old = stem(known)
    rest = series_names(next(iter(known.metrics.values())))[0].removeprefix(old)
    for name in sorted(there.names):
        new = name.removesuffix(rest)
        if new not in {name, old} and METRIC.fullmatch(new):
            yield old, new


def _labels(convention: Convention, there: Catalogue, *, free: bool) -> dict[str, str]:
    """How the labels are called instead that no series has.

    Prometheus renames the labels of any library; the application only those that it may choose.
    """
    renamed: dict[str, str] = {}
    for metric in convention.metrics.values():
        exposed = there.shape(series_names(metric)[0])
        for role, label in metric.labels.items() if exposed else ():
            if exposed and label not in exposed.labels and label not in renamed:
                taken = {*metric.labels.values(), *renamed.values()}
                others = (f"exported_{label}", *(OTHER_LABELS.get(role, ()) if free else ()))
                usable = (it for it in others if it in exposed.labels and it not in taken)
                if (other := next(usable, "")) and LABEL_NAME.fullmatch(other):
                    renamed[label] = other
    return renamed
