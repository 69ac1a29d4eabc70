"""The catalogue of what selected targets expose, read from a server.

It is what the programs themselves would say: the labels that Prometheus added to their series are
left out, and a label that it had to rename to `exported_...` has its own name again, unless
queries are to be written for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tailboard.metrics.catalogue import (
    Capacity,
    Catalogue,
    LabelValues,
    MetricSeries,
    list_series_names,
)
from tailboard.panels.matcher import escape_regex, quote_label
from tailboard.prometheus.client.responses import (
    RefusedError,
    parse_declared_types,
    parse_recordings,
    parse_types_by_family,
)
from tailboard.prometheus.client.server import PrometheusServer
from tailboard.prometheus.targets.labels import NAME, TargetLabels
from tailboard.prometheus.targets.selection import Matcher, Selection, format_selector

NAMES_PER_QUERY = 50
SERIES_PER_QUERY = 10_000
MAX_SERIES_PER_METRIC = 5_000
"""Of a metric with more series only the names of its labels are read."""

MAX_TOTAL_SERIES = 100_000
"""So many series are read at most, of all metrics together."""

MAX_METADATA = 10_000
"""So many declarations are read at most; each replica repeats those of its program."""

EXPORTED_PREFIX = "exported_"


@dataclass
class TargetMetrics:
    """A cache of the queries about the targets of a server."""

    server: PrometheusServer
    has_stored_names: bool = False
    """Whether a label that Prometheus renamed keeps the name under which it is stored."""

    series_budget: int = MAX_TOTAL_SERIES
    refused_metrics: dict[Selection, set[str]] = field(default_factory=dict)
    """Metrics whose labels the server refused to list."""

    exported_labels: set[tuple[str, str]] = field(default_factory=set)
    """Metrics with a label of their program that Prometheus stored as `exported_...`."""

    _metric_names: dict[Selection, frozenset[str]] = field(default_factory=dict)
    _exposed_metrics: dict[Selection, dict[str, MetricSeries]] = field(default_factory=dict)
    _series_counts: dict[tuple[Selection, str], int] = field(default_factory=dict)
    _down_states: dict[Selection, bool] = field(default_factory=dict)
    _dropped_counts: dict[Selection, int] = field(default_factory=dict)
    _label_values: dict[str, list[str]] = field(default_factory=dict)
    _types_by_selection: dict[Selection, dict[str, str]] = field(default_factory=dict)

    @cached_property
    def target_labels(self) -> TargetLabels:
        """The labels that Prometheus gives to targets."""
        return TargetLabels(self.server)

    @cached_property
    def loaded_recordings(self) -> list[tuple[str, dict[str, str]]]:
        """What the rules record that the server has loaded, and the labels that they add."""
        return self.server.fetch_status("rules", parse_recordings, type="record") or []

    def fetch_metric_names(self, selection: Selection) -> frozenset[str]:
        """The metrics that these targets had within the last hour."""
        if selection not in self._metric_names:
            series_selector = (
                format_selector(((NAME, "!=", ""), *selection.matchers))
                if selection.matchers
                else ""
            )
            self._metric_names[selection] = frozenset(
                self.server.fetch_label_values(NAME, series_selector)
            )
        return self._metric_names[selection]

    def fetch_label_values(self, label: str) -> list[str]:
        """The values that a label has anywhere."""
        if label not in self._label_values:
            self._label_values[label] = self.server.fetch_label_values(label)
        return self._label_values[label]

    def is_down(self, selection: Selection) -> bool:
        """Whether there are such targets, and none can be scraped now."""
        if selection not in self._down_states:
            up_selector = format_selector(selection.matchers, "up")
            try:
                series = self.server.query_instant(f"max({up_selector})").series
            except RefusedError:
                series = ()
            self._down_states[selection] = bool(series) and series[0].points[-1][1] == 0
        return self._down_states[selection]

    def fetch_dropped_count(self, selection: Selection) -> int:
        """How many samples relabelling drops of each scrape, of the target where they are most."""
        if selection not in self._dropped_counts:
            scraped_selector = format_selector(selection.matchers, "scrape_samples_scraped")
            stored_selector = format_selector(
                selection.matchers, "scrape_samples_post_metric_relabeling"
            )
            try:
                series = self.server.query_instant(
                    f"max({scraped_selector} - {stored_selector}) > 0"
                ).series
            except RefusedError:
                series = ()
            self._dropped_counts[selection] = series[0].last_count if series else 0
        return self._dropped_counts[selection]

    def count_series(self, selection: Selection, name: str) -> int:
        """How many series a metric has now; it has to be loaded."""
        return self._series_counts.get((selection, name), 0)

    def has_series(self, selection: Selection, name: str) -> bool:
        """Whether a metric has series now, as far as the server knows."""
        is_refused = name in self.refused_metrics.get(selection, ())
        return is_refused or self.count_series(selection, name) > 0

    def load_series(self, selection: Selection, names: Iterable[str]) -> None:
        """Ask for the series of these metrics, once."""
        metric_names = sorted(
            {name for name in names if name in self.fetch_metric_names(selection)}
        )
        try:
            for name, count in fetch_series_counts(self.server, selection, metric_names).items():
                self._series_counts[selection, name] = count
            for batch in self._build_batches(selection, metric_names):
                self._read_series(selection, batch)
        except RefusedError:
            unread_names = (
                name
                for name in metric_names
                if name not in self._exposed_metrics.get(selection, {})
            )
            self.refused_metrics.setdefault(selection, set()).update(unread_names)

    def build_catalogue(self, selection: Selection) -> Catalogue:
        """What is loaded; of other metrics only the names."""
        metrics = {name: MetricSeries() for name in self.fetch_metric_names(selection)}
        metrics.update(self._exposed_metrics.get(selection, {}))
        return Catalogue(metrics, self.fetch_types(selection))

    def fetch_types(self, selection: Selection) -> dict[str, str]:
        """The types that these targets declare, as far as the server knows.

        What was pushed has another job than the target that keeps it, so of metrics that there are,
        the type is that which all targets agree on.
        """
        if selection not in self._types_by_selection:
            if not selection.matchers:
                self._types_by_selection[selection] = dict(self._agreed_types)
            else:
                metric_names = self.fetch_metric_names(selection)
                present_types = {
                    family: kind
                    for family, kind in self._agreed_types.items()
                    if metric_names & list_series_names(family, kind)
                }
                self._types_by_selection[selection] = {
                    **present_types,
                    **self._fetch_declared_types(selection),
                }
        return self._types_by_selection[selection]

    @cached_property
    def _agreed_types(self) -> dict[str, str]:
        """The types on which all targets agree."""
        types_by_family = self.server.fetch_status(
            "metadata", parse_types_by_family, limit=str(MAX_METADATA)
        )
        return {
            name: next(iter(types))
            for name, types in (types_by_family or {}).items()
            if len(types) == 1
        }

    def _fetch_declared_types(self, selection: Selection) -> dict[str, str]:
        """The types that these targets declare themselves."""
        parameters = {"match_target": str(selection), "limit": str(MAX_METADATA)}
        types = self.server.fetch_status("targets/metadata", parse_declared_types, **parameters)
        return types or {}

    def _build_batches(self, selection: Selection, names: Iterable[str]) -> Iterator[list[str]]:
        """Metrics that can be read together; what has too many series is noted by its labels."""
        batch: list[str] = []
        batch_size = 0
        for name in names:
            count = self.count_series(selection, name)
            if count > min(MAX_SERIES_PER_METRIC, self.series_budget):
                self._exposed_metrics.setdefault(selection, {})[name] = self._read_shape(
                    selection, name, count
                )
                continue
            self.series_budget -= count
            if batch and (batch_size + count > SERIES_PER_QUERY or len(batch) >= NAMES_PER_QUERY):
                yield batch
                batch, batch_size = [], 0
            batch.append(name)
            batch_size += count
        if batch:
            yield batch

    def _read_series(self, selection: Selection, names: list[str]) -> None:
        """Count each set of labels once, however many targets have it."""
        label_sets: dict[str, dict[tuple[tuple[str, str], ...], None]] = {
            name: {} for name in names
        }
        for series in self.server.fetch_series([_build_selector(names, selection)]):
            if series.get(NAME, "") in label_sets:
                program_labels = self._select_program_labels(
                    series, self.target_labels.fetch_names_for_series(series)
                )
                label_sets[series[NAME]][tuple(sorted(program_labels.items()))] = None
        for name, series_labels in label_sets.items():
            metric_series = MetricSeries()
            for labels in series_labels:
                metric_series.add_series(dict(labels), None, Capacity())
            self._exposed_metrics.setdefault(selection, {})[name] = metric_series

    def _select_program_labels(
        self, labels: Mapping[str, str], target_label_names: frozenset[str]
    ) -> dict[str, str]:
        """The labels that the program itself gave."""
        program_labels = {}
        for name, value in labels.items():
            original_name = name.removeprefix(EXPORTED_PREFIX)
            if original_name != name and original_name in target_label_names:
                program_labels[name if self.has_stored_names else original_name] = value
                self.exported_labels.add((labels.get(NAME, ""), original_name))
            elif name not in target_label_names and name != NAME:
                program_labels[name] = value
        return program_labels

    def _read_shape(self, selection: Selection, name: str, count: int) -> MetricSeries:
        series_selector = format_selector(selection.matchers, name)
        target_label_names = self.target_labels.fetch_names(selection.matchers)
        program_labels = self._select_program_labels(
            {**dict.fromkeys(self.server.fetch_label_names(series_selector), ""), NAME: name},
            target_label_names,
        )
        label_list = ", ".join(map(quote_label, sorted(target_label_names)))
        result_series = self.server.query_instant(
            f"count(count without ({label_list}) ({series_selector}))"
        ).series
        series_count = result_series[0].last_count if result_series else count
        return MetricSeries(
            series_count,
            {
                label: LabelValues(series_count=series_count, is_incomplete=True)
                for label in program_labels
            },
        )


def fetch_series_counts(
    server: PrometheusServer, selection: Selection, names: list[str], offset_duration: str = ""
) -> dict[str, int]:
    """How many series each metric has, now or some time ago; none of those that have none."""
    counts: dict[str, int] = {}
    for start in range(0, len(names), NAMES_PER_QUERY):
        series_selector = _build_selector(names[start : start + NAMES_PER_QUERY], selection)
        offset_modifier = f" offset {offset_duration}" if offset_duration else ""
        for series in server.query_instant(
            f"count by ({NAME}) ({series_selector}{offset_modifier})"
        ).series:
            counts[series.labels.get(NAME, "")] = series.last_count
    return counts


def _build_selector(names: list[str], selection: Selection) -> str:
    pattern = "|".join(map(escape_regex, names))
    name_matcher: Matcher = (NAME, "=~", pattern) if len(names) > 1 else (NAME, "=", names[0])
    return format_selector((name_matcher, *selection.matchers))
