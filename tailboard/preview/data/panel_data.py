"""What data sources give: series for each request, and frames for a panel."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tailboard.dashboards.schema_v2.values import JsonObject
from tailboard.preview.data.frame import TIME_FIELD, VALUE_FIELD, Field, Frame
from tailboard.preview.data.panel_queries import DataRequest, PanelQuery
from tailboard.preview.data.reducers import reduce_values
from tailboard.preview.panel_tree import DashboardView, PanelPlace
from tailboard.prometheus.client.responses import ResultSeries
from tailboard.prometheus.variables.intervals import Intervals
from tailboard.prometheus.variables.values import VariableValues
from tailboard.publish.errors import TailboardError

MAX_SERIES = 1000
"""The series of a query that are read at most."""

MAX_DRAWN_SERIES = 100
"""The series of a panel that are drawn at most: nobody can distinguish more."""

LEGEND_LABEL = re.compile(r"\{\{\s*(.+?)\s*\}\}")
AUTO_LEGEND = "__auto"


@dataclass(frozen=True)
class DataResult:
    """The series of a request; `count` is how many there are, `problem` why there are none."""

    series: tuple[ResultSeries, ...] = ()
    count: int = 0
    problem: str = ""
    notes: tuple[str, ...] = ()


class DataSource(Protocol):
    """Where the data of a preview comes from."""

    is_example: bool
    intervals: Intervals
    query_count: int
    """How many requests were sent."""

    stop_error: TailboardError | None
    """Why the server did not answer the last requests, where it went away half way."""

    @property
    def now(self) -> float:
        """The time that `now` means, in seconds since 1970."""

    def refresh(self) -> None:
        """Read all data anew from now on."""

    def resolve_variables(
        self, view: DashboardView, chosen_values: Mapping[str, tuple[str, ...]]
    ) -> VariableValues:
        """The values of a dashboard's variables."""

    def fetch(self, requests: Sequence[DataRequest]) -> Mapping[DataRequest, DataResult]:
        """The result of every request."""

    def explain_empty(self, view: DashboardView, panels: Sequence[PanelPlace]) -> Mapping[str, str]:
        """Why the queries of these panels give nothing, by panel id and refId."""


@dataclass(frozen=True)
class Annotation:
    """A line across every chart: from when to when, its text and colour."""

    start: float
    end: float
    title: str
    text: str
    color: str


@dataclass(frozen=True)
class PanelData:
    """What is drawn in one panel."""

    place: PanelPlace
    title: str
    frames: tuple[Frame, ...] = ()
    queries: tuple[PanelQuery, ...] = ()
    start: float = 0.0
    end: float = 0.0
    annotations: tuple[Annotation, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    histograms: tuple[ResultSeries, ...] = ()
    is_utc: bool = False
    results: Mapping[str, DataResult] = field(default_factory=dict)

    @property
    def json(self) -> JsonObject:
        """The panel in the document."""
        return self.place.json

    @property
    def has_numbers(self) -> bool:
        """Whether there is a number to draw."""
        return any(
            value is not None and not math.isnan(value)
            for frame in self.frames
            for column in frame.numbers
            for value in column.values
        )


def build_frames(query: PanelQuery, result: DataResult, query_count: int) -> list[Frame]:
    """The frames of one query, in the form that its format asks for."""
    if query.request is None or not result.series:
        return []
    if query.format == "table":
        return [_build_table_frame(query, result.series, query_count)]
    frames = [
        _build_series_frame(query, series, name)
        for series, name in zip(result.series, name_series(query, result.series), strict=True)
    ]
    return _build_bucket_frames(frames) if query.format == "heatmap" else frames


def name_series(query: PanelQuery, all_series: Sequence[ResultSeries]) -> list[str]:
    """What a legend calls each series, as Grafana's data source does."""
    if query.legend and query.legend != AUTO_LEGEND:
        return [fill_legend(query.legend, series.labels) for series in all_series]
    label_names = {name for series in all_series for name in series.labels if name != "__name__"}
    if query.legend == AUTO_LEGEND and len(label_names) == 1:
        (name,) = label_names
        return [series.labels.get(name, "") for series in all_series]
    return [
        _format_labels(series.labels, query.text, is_auto=query.legend == AUTO_LEGEND)
        for series in all_series
    ]


def fill_legend(text: str, labels: Mapping[str, str]) -> str:
    """A text with the values of the labels that it names as `{{label}}`."""
    return LEGEND_LABEL.sub(lambda match: labels.get(match[1], ""), text)


def _format_labels(labels: Mapping[str, str], expression: str, *, is_auto: bool) -> str:
    pairs = ", ".join(
        f'{name}="{value}"' for name, value in sorted(labels.items()) if name != "__name__"
    )
    metric = "" if is_auto else labels.get("__name__", "")
    if not pairs:
        return labels.get("__name__", "") or expression
    return f"{metric}{{{pairs}}}"


def select_largest(frames: Sequence[Frame], limit: int) -> list[Frame]:
    """The frames with the largest means, in their order."""
    if len(frames) <= limit:
        return list(frames)

    def measure(frame: Frame) -> float:
        means = [reduce_values(column.values, "mean") for column in frame.numbers]
        return max((mean for mean in means if mean is not None), default=-math.inf)

    selected_numbers = sorted(range(len(frames)), key=lambda number: -measure(frames[number]))[
        :limit
    ]
    return [frames[number] for number in sorted(selected_numbers)]


def _build_series_frame(query: PanelQuery, series: ResultSeries, name: str) -> Frame:
    times, values = _spread_points(query, series.points)
    return Frame(
        (
            Field(TIME_FIELD, "time", times),
            Field(VALUE_FIELD, "number", values, series.labels, display_name=name),
        ),
        query.ref_id,
    )


def _spread_points(
    query: PanelQuery, points: Iterable[tuple[float, float]]
) -> tuple[tuple[float, ...], tuple[float | None, ...]]:
    """The points with None where a step of the range has no value: a gap."""
    points = list(points)
    request = query.request
    if request is None or not request.step:
        return tuple(time for time, _ in points), tuple(value for _, value in points)
    start, step = request.time_range.start, request.step
    count = int(request.time_range.seconds / step + 1e-6) + 1
    values_by_index = {round((time - start) / step): value for time, value in points}
    return (
        tuple(round(start + index * step, 3) for index in range(count)),
        tuple(values_by_index.get(index) for index in range(count)),
    )


def _build_table_frame(
    query: PanelQuery, all_series: Sequence[ResultSeries], query_count: int
) -> Frame:
    """One row for each point of each series, with the labels as columns."""
    label_names = sorted({name for series in all_series for name in series.labels})
    rows = [(series.labels, time, value) for series in all_series for time, value in series.points]
    value_name = f"{VALUE_FIELD} #{query.ref_id}" if query_count > 1 else VALUE_FIELD
    return Frame(
        (
            Field(TIME_FIELD, "time", tuple(time for _, time, _ in rows)),
            *(
                Field(name, "string", tuple(labels.get(name, "") for labels, _, _ in rows))
                for name in label_names
            ),
            Field(value_name, "number", tuple(value for _, _, value in rows)),
        ),
        query.ref_id,
    )


def _build_bucket_frames(frames: Sequence[Frame]) -> list[Frame]:
    """Buckets of a histogram by their bound, each without what the ones below it count."""
    bounded = [
        (bound, frame)
        for frame in frames
        if (bound := read_bound(frame.numbers[0].labels.get("le"))) is not None
    ]
    if len(bounded) < len(frames):
        return list(frames)
    bounded.sort(key=lambda entry: entry[0])
    bucket_frames = []
    previous: Sequence[float | None] = ()
    for _, frame in bounded:
        times, counts = frame.fields
        values = tuple(
            None
            if value is None
            else max(value - (previous[index] or 0.0 if index < len(previous) else 0.0), 0.0)
            for index, value in enumerate(counts.values)
        )
        previous = counts.values
        bucket_frames.append(
            Frame((times, Field(**{**vars(counts), "values": values})), frame.ref_id)
        )
    return bucket_frames


def read_bound(text: str | None) -> float | None:
    """The upper bound of a bucket, if a label says one."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
