"""The ways in which an application may vary a convention: another prefix, other labels."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from tailboard.init.presence import list_metric_series
from tailboard.metrics.catalogue import Catalogue
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import (
    FLASK_EXPORTER_URL_RULE,
    PROMETHEUS_CLIENT,
    PROMETHEUS_CLIENT_JOBS,
    PROMETHEUS_CLIENT_MULTIPROCESS,
    PUSHGATEWAY_JOBS,
    PY_GRPC_PROMETHEUS,
)
from tailboard.panels.metric import Role

LABEL_ALIASES: Mapping[Role, tuple[str, ...]] = {
    Role.ROUTE: ("endpoint", "route", "path", "handler", "url_rule", "path_template", "view"),
    Role.METHOD: ("method", "http_method", "request_method", "verb"),
    Role.STATUS: ("status", "status_code", "http_status", "code", "http_status_code"),
    Role.JOB: ("job_name", "task", "task_name", "name"),
    Role.TASK: ("job_name", "task", "task_name", "name"),
    Role.OPERATION: ("operation", "op"),
}
"""What people call the labels of their own metrics."""

FREE_LABEL_CONVENTIONS = (
    PROMETHEUS_CLIENT,
    PROMETHEUS_CLIENT_MULTIPROCESS,
    FLASK_EXPORTER_URL_RULE,
    PROMETHEUS_CLIENT_JOBS,
    PUSHGATEWAY_JOBS,
)
"""The conventions whose labels are the application's choice; those of the others are fixed."""


MAX_PREFIXES = 100
"""How many beginnings of names are tried for one convention; programs have one or two."""


@dataclass(frozen=True)
class Variant:
    """A convention, and how an application varies it: the arguments of its `evolve`."""

    library_convention: Convention
    prefix: tuple[str, str] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    has_targets: bool | None = None
    is_of_library: bool = False
    """Whether the library itself offers it, under names that are fixed."""

    @property
    def is_varied(self) -> bool:
        """Whether it is not as the library comes."""
        return bool(self.prefix or self.labels or self.has_targets is not None)

    def build_convention(self) -> Convention:
        """The convention with the application's changes."""
        if not self.is_varied:
            return self.library_convention
        return self.library_convention.evolve(
            prefix=self.prefix, labels=self.labels, has_targets=self.has_targets
        )


LIBRARY_VARIANTS: Mapping[str, tuple[Variant, ...]] = {
    PY_GRPC_PROMETHEUS.name: (
        Variant(
            PY_GRPC_PROMETHEUS,
            ("grpc_server_handling", "grpc_server_handled_latency"),
            {"grpc_code": "code"},
            is_of_library=True,
        ),
    ),
}
"""Variations that a library itself offers: `PromServerInterceptor(legacy=True)`."""


def list_variants(convention: Convention, catalogue: Catalogue) -> Iterator[Variant]:
    """The convention itself, then every variation of which there is a sign."""
    yield from LIBRARY_VARIANTS.get(convention.name, ())
    for prefix in (None, *islice(_find_prefixes(convention, catalogue), MAX_PREFIXES)):
        variant = Variant(convention, prefix)
        yield variant
        labels = _find_label_renames(
            variant.build_convention(), catalogue, is_free=convention in FREE_LABEL_CONVENTIONS
        )
        if labels:
            yield Variant(convention, prefix, labels)


def read_name_prefix(convention: Convention) -> str:
    """With what the names of the library begin: `starlette` of `starlette_requests_total`."""
    return split_name_prefix(next(iter(convention.metrics.values())).name)


def split_name_prefix(name: str) -> str:
    """The first word of a metric's name."""
    return re.split("[_:.]", name, maxsplit=1)[0]


def _find_prefixes(convention: Convention, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Other beginnings of the name of the convention's first metric."""
    old_prefix = read_name_prefix(convention)
    first_series = list_metric_series(next(iter(convention.metrics.values())))[0]
    suffix = first_series.removeprefix(old_prefix)
    # prometheus-client writes a colon as an underscore for Prometheus 2.
    if suffix.startswith(":") and first_series.replace(":", "_") in catalogue.names:
        yield f"{old_prefix}:", f"{old_prefix}_"
    for name in sorted(catalogue.names | catalogue.eventless_names):
        new_prefix = name.removesuffix(suffix)
        if new_prefix not in {name, old_prefix} and new_prefix:
            yield old_prefix, new_prefix


def _find_label_renames(
    convention: Convention, catalogue: Catalogue, *, is_free: bool
) -> dict[str, str]:
    """How the labels are called instead that no series has.

    Prometheus renames the labels of any library; the application only those that it may choose.
    """
    label_renames: dict[str, str] = {}
    for metric in convention.metrics.values():
        metric_series = catalogue.find_metric(list_metric_series(metric)[0])
        if metric_series is None:
            continue
        for role, label in metric.labels.items():
            if label in metric_series.labels or label in label_renames:
                continue
            used_labels = {*metric.labels.values(), *label_renames.values()}
            unused_labels = metric_series.labels.keys() - used_labels
            aliases = (f"exported_{label}", *(LABEL_ALIASES.get(role, ()) if is_free else ()))
            if alias := next((alias for alias in aliases if alias in unused_labels), ""):
                label_renames[label] = alias
    return label_renames
