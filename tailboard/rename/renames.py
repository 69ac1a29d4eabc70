"""What is renamed: metrics with the parts of their histograms, labels, and a unit."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tailboard.panels.definition_error import DefinitionError
from tailboard.rename.units import UnitChange, parse_unit_change

FAMILY_SUFFIXES = ("_bucket", "_sum", "_count", "_created")
"""What a histogram or a summary adds to its name."""

COUNT_SUFFIXES = ("_bucket", "_count", "_created")
"""Parts of a family whose values are not in its unit."""

RESERVED_LABELS = ("__name__", "le", "quantile")
"""Labels that Prometheus itself reads, or that are no label of a program."""

NAME = re.compile(r"[^\s{}\"'`,=()\[\]$\\]+")
SIMPLE_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
SIMPLE_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


@dataclass(frozen=True)
class Renames:
    """Old names with their new ones, and the unit of the metrics.

    A metric with its own name as the new one is there for its labels and its unit. Without
    metrics, labels are those of all metrics. With `is_both`, old and new are read while both are
    exposed.
    """

    metrics: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    unit: UnitChange | None = None
    is_both: bool = False

    def find_family(self, name: str) -> tuple[str, str] | None:
        """The metric that a name of a series belongs to, and its suffix; None for another one."""
        if name in self.metrics:
            return name, ""
        for suffix in FAMILY_SUFFIXES:
            if name.endswith(suffix) and name.removesuffix(suffix) in self.metrics:
                return name.removesuffix(suffix), suffix
        return None

    def find_new_name(self, name: str) -> str | None:
        """The new name of a series; None where it is none of these metrics."""
        family = self.find_family(name)
        return None if family is None else self.metrics[family[0]] + family[1]

    def has_metric(self, name: str) -> bool:
        """Whether labels of this series are renamed."""
        return not self.metrics or self.find_family(name) is not None

    def is_in_unit(self, name: str) -> bool:
        """Whether the values of this series are in the unit that changes."""
        family = self.find_family(name)
        return self.unit is not None and family is not None and not name.endswith(COUNT_SUFFIXES)

    def is_bucket(self, name: str) -> bool:
        """Whether this series has a bound in the unit that changes as its label `le`."""
        return (
            self.unit is not None
            and self.find_family(name) is not None
            and name.endswith("_bucket")
        )

    @property
    def old_names(self) -> tuple[str, ...]:
        """The names that are no longer there afterwards."""
        return (
            *(old for old, new in self.metrics.items() if old != new),
            *self.labels,
        )


def parse_renames(
    metrics: Iterable[str], labels: Iterable[str], unit: str | None, *, is_both: bool
) -> Renames:
    """What the command line asks for; raises `DefinitionError`."""
    renames = Renames(
        _parse_pairs(metrics, "metric", is_name_alone_allowed=bool(unit or labels)),
        _parse_pairs(labels, "label"),
        parse_unit_change(unit) if unit else None,
        is_both,
    )
    if not renames.metrics and not renames.labels:
        raise DefinitionError("nothing is renamed", tip="write OLD=NEW, or --label OLD=NEW.")
    if renames.unit and not renames.metrics:
        raise DefinitionError(
            "--unit is for metrics, and none is named",
            tip="name the metric: OLD=NEW, or OLD alone.",
        )
    if renames.is_both and renames.unit and not _has_new_names(renames):
        raise DefinitionError(
            "one metric cannot be read in two units at once",
            tip="give the metric in the new unit a name of its own, or leave --both out.",
        )
    for label in (*renames.labels, *renames.labels.values()):
        if label in RESERVED_LABELS:
            raise DefinitionError(
                f"the label {label!r} is Prometheus' own", tip="rename a label of the program."
            )
    return renames


def _has_new_names(renames: Renames) -> bool:
    return all(old != new for old, new in renames.metrics.items())


def _parse_pairs(
    texts: Iterable[str], kind: str, *, is_name_alone_allowed: bool = False
) -> dict[str, str]:
    names: dict[str, str] = {}
    for text in texts:
        old, separator, new = text.partition("=")
        if not separator and is_name_alone_allowed:
            new = old
        for name in (old, new):
            if not NAME.fullmatch(name):
                raise DefinitionError(
                    f"{text!r} does not name a {kind} and its new name",
                    tip="write OLD=NEW, without spaces, quotes and braces.",
                )
        if old in names:
            raise DefinitionError(f"the {kind} {old!r} is renamed twice", tip="say it once.")
        if separator and old == new:
            raise DefinitionError(
                f"{text!r} changes nothing", tip="leave it out, or name what it is called now."
            )
        if new in names.values():
            raise DefinitionError(
                f"two {kind}s would be called {new!r}", tip="give each a name of its own."
            )
        names[old] = new
    return names
