"""The queries of panels as Grafana would send them: their step, range and variables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from tailboard.dashboards.schema_v2.values import (
    JsonObject,
    list_objects,
    read_number,
    read_object,
    read_text,
)
from tailboard.panels.duration import is_duration, parse_duration
from tailboard.preview.data.time_range import TimeRange, compute_step
from tailboard.preview.panel_tree import DashboardView, PanelPlace
from tailboard.prometheus.variables.interpolation import VariableValue, interpolate_variables
from tailboard.prometheus.variables.intervals import Intervals, read_min_interval
from tailboard.prometheus.variables.values import VariableValues
from tailboard.queries.annotations import list_annotation_queries
from tailboard.queries.subject import Query, build_document_subject

PAGE_WIDTH = 1440
"""Pixels of a page's content, for which the steps of queries are chosen."""

GRID_ROW, GRID_GAP = 30, 8
"""Pixels of a row of the grid, and of the gap between panels."""


@dataclass(frozen=True)
class Hint:
    """What a panel says of the values of a query, for those who have to make them up."""

    unit: str = ""
    legend: str = ""
    limit: float = 0.0
    """The largest threshold; 0 where there is none."""


@dataclass(frozen=True)
class DataRequest:
    """An expression over a time range, `step` seconds apart; at its end alone where that is 0."""

    expression: str
    time_range: TimeRange
    step: float = 0.0
    hint: Hint = field(default=Hint(), compare=False)


@dataclass(frozen=True)
class PanelQuery:
    """One query of a panel; `problem` says why there is no request."""

    ref_id: str
    text: str
    request: DataRequest | None = None
    legend: str = ""
    format: str = "time_series"
    problem: str = ""


@dataclass(frozen=True)
class AnnotationQuery:
    """One query of the dashboard's annotations."""

    definition: JsonObject
    request: DataRequest


@dataclass(frozen=True)
class QueryContext:
    """What the queries of a dashboard have in common."""

    time_range: TimeRange
    intervals: Intervals
    variables: VariableValues


def compute_panel_width(panel: PanelPlace) -> int:
    """The pixels between the left and the right edge of a panel."""
    return round(panel.width * (PAGE_WIDTH + GRID_GAP) / 24) - GRID_GAP


def compute_panel_height(panel: PanelPlace) -> int:
    """The pixels between the upper and the lower edge of a panel."""
    return panel.height * (GRID_ROW + GRID_GAP) - GRID_GAP


def select_panels(view: DashboardView, panels: Iterable[PanelPlace]) -> JsonObject:
    """The document with these panels alone, and what is no query left out of them."""
    selected_panels = [
        {**panel.json, "targets": list_objects(panel.json.get("targets"))} for panel in panels
    ]
    return {**view.json, "panels": selected_panels, "rows": []}


def build_panel_queries(
    view: DashboardView, panels: Sequence[PanelPlace], context: QueryContext
) -> list[list[PanelQuery]]:
    """The queries of each panel that are not hidden."""
    subject = build_document_subject(select_panels(view, panels), "preview")
    return [
        _build_queries(place, subject_panel.queries, context)
        for place, subject_panel in zip(panels, subject.panels, strict=True)
    ]


def build_annotation_queries(view: DashboardView, context: QueryContext) -> list[AnnotationQuery]:
    """The queries of the annotations that are switched on."""
    queries = list_annotation_queries(build_document_subject(select_panels(view, ()), "preview"))
    return [
        _build_annotation_query(query, context)
        for query in queries
        if query.target.get("enable") is not False
    ]


def _build_annotation_query(query: Query, context: QueryContext) -> AnnotationQuery:
    """A query over the range, with the step of a panel as wide as the page."""
    target = read_object(query.target.get("target"))
    text = read_text(target.get("interval")) or read_text(query.target.get("step"))
    min_interval = parse_duration(text) if is_duration(text) else 0.0
    step = compute_step(
        context.time_range, PAGE_WIDTH, max(min_interval, context.intervals.scrape_interval)
    )
    global_variables = context.intervals.build_variables(
        interval=step, range_seconds=context.time_range.seconds
    )
    expression = interpolate_variables(query.text, {**context.variables.values, **global_variables})
    return AnnotationQuery(
        query.target, DataRequest(expression, context.time_range.align(step), step)
    )


def list_requests(
    panel_queries: Iterable[Sequence[PanelQuery]], annotations: Iterable[AnnotationQuery] = ()
) -> list[DataRequest]:
    """Every distinct request."""
    requests = [query.request for queries in panel_queries for query in queries if query.request]
    return list(dict.fromkeys([*requests, *(annotation.request for annotation in annotations)]))


def interpolate_title(text: str, context: QueryContext, scope: Mapping[str, str]) -> str:
    """A title with the values of the variables that it names."""
    return interpolate_variables(
        text,
        {
            **{
                name: format_variable(value)
                for name, value in context.variables.values.items()
                if not name.startswith("__")
            },
            **scope,
        },
    )


def format_variable(value: VariableValue | str) -> str:
    """The values of a variable as a reader sees them."""
    if isinstance(value, str):
        return value
    return "All" if value.expression else " + ".join(value.values)


def _build_queries(
    place: PanelPlace, queries: Sequence[Query], context: QueryContext
) -> list[PanelQuery]:
    by_ref_id = {str(query.target.get("refId", "")): query for query in queries}
    time_range = _shift_range(place.json, context.time_range)
    panel_queries = []
    for target in list_objects(place.json.get("targets")):
        if target.get("hide") is True:
            continue
        ref_id = str(target.get("refId", ""))
        query = by_ref_id.get(ref_id)
        if query is None or query.text != target.get("expr"):
            text = read_text(target.get("expr")) or read_text(target.get("expression"))
            problem = "this query is not PromQL, which alone is drawn here"
            panel_queries.append(PanelQuery(ref_id, text, problem=problem if text else ""))
            continue
        panel_queries.append(_build_panel_query(place, query, target, context, time_range))
    return panel_queries


def _build_panel_query(
    place: PanelPlace,
    query: Query,
    target: JsonObject,
    context: QueryContext,
    time_range: TimeRange,
) -> PanelQuery:
    ref_id = str(target.get("refId", ""))
    min_interval = max(
        _read_target_interval(target),
        read_min_interval(place.json),
        context.intervals.scrape_interval,
    )
    width = read_number(place.json.get("maxDataPoints"), 0) or compute_panel_width(place)
    step = compute_step(time_range, width, min_interval)
    global_variables = context.intervals.build_variables(
        interval=step, range_seconds=time_range.seconds
    )
    scope = {name: VariableValue((value,), is_multi=True) for name, value in place.scope.items()}
    values = {**context.variables.values, **scope, **global_variables}
    expression = interpolate_variables(query.text, values)
    empty_reason = context.variables.describe_empty(query.text)
    is_instant = target.get("instant") is True and target.get("range") is not True
    legend = interpolate_variables(read_text(target.get("legendFormat")), values)
    request = DataRequest(
        expression,
        time_range if is_instant else time_range.align(step),
        0.0 if is_instant else step,
        Hint(_find_unit(place.json, ref_id), legend, _find_limit(place.json)),
    )
    return PanelQuery(
        ref_id,
        expression,
        None if empty_reason else request,
        legend,
        read_text(target.get("format")) or "time_series",
        empty_reason,
    )


def _read_target_interval(target: JsonObject) -> float:
    text = read_text(target.get("interval")).lstrip(">").strip()
    return parse_duration(text) if is_duration(text) else 0.0


def _shift_range(panel: JsonObject, time_range: TimeRange) -> TimeRange:
    """The panel's own range: `timeFrom` is its length, `timeShift` how much earlier it is."""
    length = read_text(panel.get("timeFrom"))
    shift = read_text(panel.get("timeShift"))
    if is_duration(length):
        time_range = TimeRange(time_range.end - parse_duration(length), time_range.end)
    if is_duration(shift):
        seconds = parse_duration(shift)
        time_range = TimeRange(time_range.start - seconds, time_range.end - seconds)
    return time_range


def _find_unit(panel: JsonObject, ref_id: str) -> str:
    """The unit of a panel; in a table, that of the column that a query becomes."""
    config = read_object(panel.get("fieldConfig"))
    column_names = {ref_id} - {""}
    for transformation in list_objects(panel.get("transformations")):
        titles = read_object(read_object(transformation.get("options")).get("renameByName"))
        column_names |= {
            read_text(titles[name]) for name in (f"Value #{ref_id}", "Value") if name in titles
        }
    for override in list_objects(config.get("overrides")):
        if read_text(read_object(override.get("matcher")).get("options")) in column_names:
            for entry in list_objects(override.get("properties")):
                if entry.get("id") == "unit":
                    return read_text(entry.get("value"))
    return read_text(read_object(config.get("defaults")).get("unit"))


def _find_limit(panel: JsonObject) -> float:
    """The largest threshold of a panel, or 0."""
    defaults = read_object(read_object(panel.get("fieldConfig")).get("defaults"))
    steps = list_objects(read_object(defaults.get("thresholds")).get("steps"))
    numbers = [
        float(step["value"])
        for step in steps
        if isinstance(step.get("value"), int | float) and isfinite(step["value"])
    ]
    return max(numbers, default=0.0)
