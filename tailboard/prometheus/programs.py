"""What programs expose, as a server has it: the catalogue of the targets that a selection chooses.

It is what the programs themselves would say: the labels that Prometheus added to their series are
left out, and a label that it had to rename to `exported_...` has its own name again, unless
queries are to be written for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tailboard.metrics.exposition import Catalogue, Exposed, Values, parts
from tailboard.prometheus.answers import RefusedError
from tailboard.prometheus.selection import Matcher, Selection, selector
from tailboard.prometheus.server import Server
from tailboard.prometheus.target_labels import NAME, TargetLabels

NAMES_AT_ONCE = 50
SERIES_AT_ONCE = 10_000
MOST_SERIES = 5_000
"""Of a metric with more series only the names of its labels are read."""

MOST_IN_ALL = 100_000
"""So many series are read at most, of all metrics together."""

MOST_DECLARED = 10_000
"""So many declarations are read at most; each replica repeats those of its program."""

EXPORTED = "exported_"


@dataclass
class Programs:
    """What was asked of a server about its targets, each question once."""

    server: Server
    as_stored: bool = False
    """Whether a label that Prometheus renamed keeps the name under which it is stored."""

    left: int = MOST_IN_ALL
    unknown: dict[Selection, set[str]] = field(default_factory=dict)
    """Metrics of which the server refused to tell more than the names."""

    renamed: set[tuple[str, str]] = field(default_factory=set)
    """Metrics with a label of their program that Prometheus stored as `exported_...`."""

    _names: dict[Selection, frozenset[str]] = field(default_factory=dict)
    _metrics: dict[Selection, dict[str, Exposed]] = field(default_factory=dict)
    _counts: dict[tuple[Selection, str], int] = field(default_factory=dict)
    _down: dict[Selection, bool] = field(default_factory=dict)
    _dropped: dict[Selection, int] = field(default_factory=dict)
    _values: dict[str, list[str]] = field(default_factory=dict)
    _families: dict[Selection, dict[str, str]] = field(default_factory=dict)

    @cached_property
    def labels(self) -> TargetLabels:
        """The labels that Prometheus gives to targets."""
        return TargetLabels(self.server)

    @cached_property
    def recording(self) -> list[tuple[str, dict[str, str]]]:
        """What the rules record that the server has loaded, and the labels that they add."""
        found = self.server.status("rules", type="record")
        groups = found.get("groups") if isinstance(found, Mapping) else None
        rules = (it for group in groups or () for it in group.get("rules") or ())
        return [(str(it.get("name")), dict(it.get("labels") or {})) for it in rules]

    def names(self, chosen: Selection) -> frozenset[str]:
        """The metrics that these targets had within the last hour."""
        if chosen not in self._names:
            of = selector(((NAME, "!=", ""), *chosen.matchers)) if chosen.matchers else ""
            self._names[chosen] = frozenset(self.server.values(NAME, of))
        return self._names[chosen]

    def values(self, label: str) -> list[str]:
        """The values that a label has anywhere."""
        if label not in self._values:
            self._values[label] = self.server.values(label)
        return self._values[label]

    def are_down(self, chosen: Selection) -> bool:
        """Whether there are such targets, and none can be scraped now."""
        if chosen not in self._down:
            up = selector(chosen.matchers, "up")
            try:
                lines = self.server.instant(f"max({up})").lines
            except RefusedError:
                lines = ()
            self._down[chosen] = bool(lines) and lines[0].points[-1][1] == 0
        return self._down[chosen]

    def dropped(self, chosen: Selection) -> int:
        """How many samples relabelling drops of each scrape, of the target where they are most."""
        if chosen not in self._dropped:
            scraped = selector(chosen.matchers, "scrape_samples_scraped")
            kept = selector(chosen.matchers, "scrape_samples_post_metric_relabeling")
            try:
                lines = self.server.instant(f"max({scraped} - {kept}) > 0").lines
            except RefusedError:
                lines = ()
            self._dropped[chosen] = int(lines[0].points[-1][1]) if lines else 0
        return self._dropped[chosen]

    def series_now(self, chosen: Selection, name: str) -> int:
        """How many series a metric has now; it has to be loaded."""
        return self._counts.get((chosen, name), 0)

    def has_now(self, chosen: Selection, name: str) -> bool:
        """Whether a metric has series now, as far as the server tells."""
        unknown = name in self.unknown.get(chosen, ())
        return unknown or self.series_now(chosen, name) > 0

    def load(self, chosen: Selection, names: Iterable[str]) -> None:
        """Ask for the series of these metrics, once."""
        new = sorted({it for it in names if it in self.names(chosen)})
        try:
            for name, count in series_counts(self.server, chosen, new).items():
                self._counts[chosen, name] = count
            for batch in self._batches(chosen, new):
                self._read(chosen, batch)
        except RefusedError:
            left = (it for it in new if it not in self._metrics.get(chosen, {}))
            self.unknown.setdefault(chosen, set()).update(left)

    def catalogue(self, chosen: Selection) -> Catalogue:
        """What is loaded; of other metrics only the names."""
        there = {name: Exposed() for name in self.names(chosen)}
        there.update(self._metrics.get(chosen, {}))
        return Catalogue(there, self.families(chosen))

    def families(self, chosen: Selection) -> dict[str, str]:
        """The types that these targets declare, as far as the server tells.

        What was pushed has another job than the target that keeps it, so of metrics that there are,
        the type is that which all targets agree on.
        """
        if chosen not in self._families:
            if not chosen.matchers:
                self._families[chosen] = dict(self._types)
            else:
                there = self.names(chosen)
                kept = {it: kind for it, kind in self._types.items() if there & parts(it, kind)}
                self._families[chosen] = {**kept, **self._declared(chosen)}
        return self._families[chosen]

    @cached_property
    def _types(self) -> dict[str, str]:
        """The types on which all targets agree."""
        found = self.server.status("metadata", limit=str(MOST_DECLARED))
        told = {
            str(name): {str(it.get("type")) for it in some if isinstance(it, Mapping)}
            for name, some in (found.items() if isinstance(found, Mapping) else ())
        }
        return {name: next(iter(kinds)) for name, kinds in told.items() if len(kinds) == 1}

    def _declared(self, chosen: Selection) -> dict[str, str]:
        """The types that these targets declare themselves."""
        asked = {"match_target": str(chosen), "limit": str(MOST_DECLARED)}
        found = self.server.status("targets/metadata", **asked)
        return {
            str(it.get("metric")): str(it.get("type"))
            for it in (found if isinstance(found, list) else ())
            if isinstance(it, Mapping)
        }

    def _batches(self, chosen: Selection, names: Iterable[str]) -> Iterator[list[str]]:
        """Metrics that can be read together; what has too many series is noted by its labels."""
        batch: list[str] = []
        size = 0
        for name in names:
            count = self.series_now(chosen, name)
            if count > min(MOST_SERIES, self.left):
                self._metrics.setdefault(chosen, {})[name] = self._many(chosen, name, count)
                continue
            self.left -= count
            if batch and (size + count > SERIES_AT_ONCE or len(batch) >= NAMES_AT_ONCE):
                yield batch
                batch, size = [], 0
            batch.append(name)
            size += count
        if batch:
            yield batch

    def _read(self, chosen: Selection, names: list[str]) -> None:
        """Count each set of labels once, however many targets have it."""
        found: dict[str, dict[tuple[tuple[str, str], ...], None]] = {name: {} for name in names}
        for it in self.server.series([_of(names, chosen)]):
            if it.get(NAME, "") in found:
                own = self._own(it, self.labels.of_series(it))
                found[it[NAME]][tuple(sorted(own.items()))] = None
        for name, sets in found.items():
            exposed = Exposed()
            for labels in sets:
                exposed.count(dict(labels), None)
            self._metrics.setdefault(chosen, {})[name] = exposed

    def _own(self, labels: Mapping[str, str], added: frozenset[str]) -> dict[str, str]:
        """The labels that the program itself gave."""
        found = {}
        for name, value in labels.items():
            own = name.removeprefix(EXPORTED)
            if own != name and own in added:
                found[name if self.as_stored else own] = value
                self.renamed.add((labels.get(NAME, ""), own))
            elif name not in added and name != NAME:
                found[name] = value
        return found

    def _many(self, chosen: Selection, name: str, count: int) -> Exposed:
        of = selector(chosen.matchers, name)
        added = self.labels.of(chosen.matchers)
        own = self._own({**dict.fromkeys(self.server.labels(of), ""), NAME: name}, added)
        without = ", ".join(sorted(added))
        lines = self.server.instant(f"count(count without ({without}) ({of}))").lines
        series = int(lines[0].points[-1][1]) if lines else count
        return Exposed(series, {it: Values(series=series, more=True) for it in own})


def series_counts(
    server: Server, chosen: Selection, names: list[str], ago: str = ""
) -> dict[str, int]:
    """How many series each metric has, now or some time ago; none of those that have none."""
    found: dict[str, int] = {}
    for start in range(0, len(names), NAMES_AT_ONCE):
        of = _of(names[start : start + NAMES_AT_ONCE], chosen)
        offset = f" offset {ago}" if ago else ""
        for line in server.instant(f"count by ({NAME}) ({of}{offset})").lines:
            found[line.labels.get(NAME, "")] = int(line.points[-1][1])
    return found


def _of(names: list[str], chosen: Selection) -> str:
    pattern = "|".join(it.replace(".", "\\.") for it in names)
    named: Matcher = (NAME, "=~", pattern) if len(names) > 1 else (NAME, "=", names[0])
    return selector((named, *chosen.matchers))
