"""A dashboard as drawings: its sections, panels, variables and annotations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tailboard.dashboards.schema_v2.values import JsonObject, list_objects, read_object, read_text
from tailboard.preview.charts import DRAW_BY_KIND
from tailboard.preview.colors import find_color
from tailboard.preview.data.field_config import apply_field_config
from tailboard.preview.data.frame import Frame
from tailboard.preview.data.panel_data import (
    Annotation,
    DataResult,
    DataSource,
    PanelData,
    build_frames,
    fill_legend,
)
from tailboard.preview.data.panel_queries import (
    AnnotationQuery,
    DataRequest,
    PanelQuery,
    QueryContext,
    build_annotation_queries,
    build_panel_queries,
    compute_panel_height,
    compute_panel_width,
    format_variable,
    interpolate_title,
    list_requests,
)
from tailboard.preview.data.server_source import build_query_key
from tailboard.preview.data.time_range import TimeRange, parse_time_range
from tailboard.preview.data.transformations import apply_transformations
from tailboard.preview.drawing import Drawing, Size
from tailboard.preview.panel_tree import (
    DashboardView,
    PanelPlace,
    Section,
    expand_repeats,
    read_dashboard,
)
from tailboard.prometheus.variables.interpolation import VariableValue

TITLE_HEIGHT, NOTE_HEIGHT, PADDING = 30, 18, 10
"""Pixels of a panel's title, of a line of notes below it, and of its margins."""

MAX_PANELS = 300
"""The panels of a dashboard that are drawn at most."""

MAX_ANNOTATIONS = 100
MERGED_STEPS = 1.5
"""Points of an annotation that are at most so many steps apart are one."""

DEFAULT_FROM, DEFAULT_TO = "now-6h", "now"
NO_VALUE_KINDS = frozenset({"stat", "singlestat", "gauge", "bargauge"})
"""Kinds that show a text of their own where there is no value."""

COLOR_MODES = {"state-timeline": "continuous-GrYlRd"}
"""How kinds of panels choose colours where a document does not say; elsewhere by thresholds."""

DATALESS_KINDS = frozenset({"text"})


@dataclass(frozen=True)
class PreviewOptions:
    """What a reader chose: the range, and values of variables; empty means the dashboard's."""

    start: str = ""
    end: str = ""
    variables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class PanelDrawing:
    """A panel: its place, its title and what is in its frame."""

    place: PanelPlace
    title: str
    description: str
    drawing: Drawing
    queries: tuple[PanelQuery, ...] = ()
    problems: tuple[str, ...] = ()
    has_data: bool = True

    @property
    def width(self) -> int:
        """The pixels between its edges."""
        return compute_panel_width(self.place)

    @property
    def height(self) -> int:
        """The pixels between its edges."""
        return compute_panel_height(self.place)


@dataclass(frozen=True)
class SectionDrawing:
    """Panels below one heading."""

    section: Section
    title: str
    panels: tuple[PanelDrawing, ...]
    sections: tuple["SectionDrawing", ...] = ()

    def list_panels(self) -> Iterator[PanelDrawing]:
        """Its panels and those of the sections in it, in reading order."""
        yield from self.panels
        for section in self.sections:
            yield from section.list_panels()


@dataclass(frozen=True)
class DashboardDrawing:
    """All of a dashboard that a page or a picture shows."""

    view: DashboardView
    title: str
    root: SectionDrawing
    time_range: TimeRange
    is_example: bool
    variables: tuple[tuple[str, str], ...] = ()
    annotations: tuple[Annotation, ...] = ()
    notes: tuple[str, ...] = ()
    is_utc: bool = False

    @property
    def panels(self) -> list[PanelDrawing]:
        """All panels in reading order."""
        return list(self.root.list_panels())

    @property
    def empty_count(self) -> int:
        """How many panels have no data."""
        return sum(not panel.has_data for panel in self.panels)


def draw_dashboard(
    document: JsonObject, source: DataSource, options: PreviewOptions | None = None
) -> DashboardDrawing:
    """Draw a document with the data of a source."""
    options = options or PreviewOptions()
    view = read_dashboard(document)
    time_range = _choose_time_range(view.json, source, options)
    variables = source.resolve_variables(view, options.variables)
    context = QueryContext(time_range, source.intervals, variables)
    root = expand_repeats(view.root, lambda name: _list_values(variables.values.get(name)))
    places = [*root.list_panels()]
    notes = []
    if len(places) > MAX_PANELS:
        notes.append(f"{len(places) - MAX_PANELS:,} more panels are not drawn")
    places = places[:MAX_PANELS]
    queries = build_panel_queries(view, places, context)
    annotation_queries = build_annotation_queries(view, context)
    results = source.fetch(list_requests(queries, () if source.is_example else annotation_queries))
    annotations: list[Annotation] = []
    for query in () if source.is_example else annotation_queries:
        if problem := results[query.request].problem:
            name = read_text(query.definition.get("name")) or "annotations"
            notes.append(f"{name} are not drawn: {problem}")
        annotations += _list_annotations(query, results[query.request])
    is_utc = view.json.get("timezone") == "utc"
    panel_data = [
        replace(
            _build_panel_data(place, place_queries, results, context),
            annotations=tuple(annotations[:MAX_ANNOTATIONS]),
            is_utc=is_utc,
        )
        for place, place_queries in zip(places, queries, strict=True)
    ]
    empty_places = [panel.place for panel in panel_data if _is_unexplained(panel)]
    reasons = source.explain_empty(view, empty_places) if empty_places else {}
    drawings = {id(panel.place): _draw_panel(panel, reasons, context) for panel in panel_data}
    return DashboardDrawing(
        view,
        interpolate_title(view.title, context, {}),
        _build_section(root, drawings, context),
        time_range,
        source.is_example,
        _describe_variables(view.json, context),
        tuple(annotations[:MAX_ANNOTATIONS]),
        tuple(notes),
        is_utc,
    )


def _choose_time_range(
    document: JsonObject, source: DataSource, options: PreviewOptions
) -> TimeRange:
    times = read_object(document.get("time"))
    start = options.start or read_text(times.get("from")) or DEFAULT_FROM
    end = options.end or read_text(times.get("to")) or DEFAULT_TO
    return parse_time_range(start, end, source.now)


def _list_values(value: VariableValue | str | None) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value.values)


def _describe_variables(document: JsonObject, context: QueryContext) -> tuple[tuple[str, str], ...]:
    """The names and values of the variables that a reader sees."""
    variables = list_objects(read_object(document.get("templating")).get("list"))
    described = []
    for variable in variables:
        name = read_text(variable.get("name"))
        if variable.get("hide") == 2 or variable.get("type") == "datasource" or not name:
            continue
        value = context.variables.values.get(name, "")
        described.append((read_text(variable.get("label")) or name, format_variable(value)))
    return tuple(described)


def _build_panel_data(
    place: PanelPlace,
    queries: Sequence[PanelQuery],
    results: Mapping[DataRequest, DataResult],
    context: QueryContext,
) -> PanelData:
    results_by_ref_id = {query.ref_id: results[query.request] for query in queries if query.request}
    frames: list[Frame] = []
    problems = [f"{query.ref_id}: {query.problem}" for query in queries if query.problem]
    notes: list[str] = []
    histograms = []
    for query in queries:
        result = results_by_ref_id.get(query.ref_id)
        if result is None:
            continue
        if result.problem:
            problems.append(f"{query.ref_id}: {result.problem}")
        if result.count > len(result.series):
            left_out = result.count - len(result.series)
            notes.append(
                f"{left_out:,} of the {result.count:,} series of {query.ref_id} are left out"
            )
        frames += build_frames(query, result, len(queries))
        histograms += [series for series in result.series if series.histograms]
    json = place.json
    transformed, unknown_names = apply_transformations(
        tuple(frames), list_objects(json.get("transformations"))
    )
    if unknown_names:
        notes.append(f"drawn without the transformation {', '.join(unknown_names)}")
    return PanelData(
        place,
        interpolate_title(place.title, context, place.scope),
        apply_field_config(transformed, _read_field_config(place)),
        tuple(queries),
        context.time_range.start,
        context.time_range.end,
        problems=tuple(problems),
        notes=tuple(notes),
        histograms=tuple(histograms),
        results=results_by_ref_id,
    )


def _read_field_config(place: PanelPlace) -> JsonObject:
    """The field options of a panel, with the colour mode of its kind where they name none."""
    config = read_object(place.json.get("fieldConfig"))
    defaults = read_object(config.get("defaults"))
    mode = COLOR_MODES.get(place.kind)
    if mode is None or read_object(defaults.get("color")).get("mode"):
        return config
    return {**config, "defaults": {**defaults, "color": {"mode": mode}}}


def _is_unexplained(panel: PanelData) -> bool:
    """Whether a panel has queries that gave nothing without saying why."""
    return (
        not panel.has_numbers
        and not panel.problems
        and any(query.request for query in panel.queries)
    )


def _draw_panel(
    panel: PanelData, reasons: Mapping[str, str], context: QueryContext
) -> PanelDrawing:
    kind = panel.place.kind
    draw = DRAW_BY_KIND.get(kind)
    query_texts = tuple(query.text for query in panel.queries if query.text)
    has_data = panel.has_numbers or kind in DATALESS_KINDS
    problems = list(panel.problems)
    for query in panel.queries:
        reason = reasons.get(build_query_key(panel.json, query.ref_id))
        if reason and not panel.has_numbers:
            problems.append(f"{query.ref_id}: {reason}" if len(panel.queries) > 1 else reason)
    notes = [*panel.notes, *(note for result in panel.results.values() for note in result.notes)]
    if draw is None:
        message = f"The kind {kind!r} is not drawn in a preview"
        drawing = Drawing(message=message, queries=query_texts)
        has_data = True
    elif has_data or (kind in NO_VALUE_KINDS and not problems):
        size = _compute_body_size(panel.place, bool(notes))
        drawing = draw(panel, size)
        if drawing.notes and not notes:  # now that there are some, they take their place
            drawing = draw(panel, _compute_body_size(panel.place, has_notes=True))
    else:
        defaults = read_object(read_object(panel.json.get("fieldConfig")).get("defaults"))
        message = read_text(defaults.get("noValue")) or "No data"
        if not query_texts:
            message = "This panel has no query that can be drawn"
        drawing = Drawing(message=message)
    description = interpolate_title(
        read_text(panel.json.get("description")), context, panel.place.scope
    )
    drawing = replace(drawing, notes=tuple(dict.fromkeys([*notes, *drawing.notes])))
    return PanelDrawing(
        panel.place,
        panel.title,
        description,
        drawing,
        panel.queries,
        tuple(dict.fromkeys(problems)),
        has_data,
    )


def _compute_body_size(place: PanelPlace, has_notes: bool) -> Size:
    title_height = TITLE_HEIGHT if place.title else PADDING
    note_height = NOTE_HEIGHT if has_notes else 0
    return Size(
        max(compute_panel_width(place) - 2 * PADDING, 40),
        max(compute_panel_height(place) - title_height - note_height - PADDING, 24),
    )


def _build_section(
    section: Section, drawings: Mapping[int, PanelDrawing], context: QueryContext
) -> SectionDrawing:
    return SectionDrawing(
        section,
        interpolate_title(section.title, context, section.scope),
        tuple(drawings[id(panel)] for panel in section.panels if id(panel) in drawings),
        tuple(_build_section(inner, drawings, context) for inner in section.sections),
    )


def _list_annotations(query: AnnotationQuery, result: DataResult) -> Iterator[Annotation]:
    """The times at which a query gives something; those close together are one."""
    definition = query.definition
    color = find_color(definition.get("iconColor"), "#4d8fdb")
    title = read_text(definition.get("titleFormat")) or read_text(definition.get("name"))
    for series in result.series[:MAX_ANNOTATIONS]:
        texts = [
            fill_legend(text, series.labels)
            for text in (title, read_text(definition.get("textFormat")))
        ]
        start: float | None = None
        end: float | None = None
        for time, value in series.points:
            if not value > 0:  # NaN neither
                continue
            if end is not None and start is not None:
                if time - end <= query.request.step * MERGED_STEPS:
                    end = time
                    continue
                yield Annotation(start, end, texts[0], texts[1], color)
            start = end = time
        if start is not None and end is not None:
            yield Annotation(start, end, texts[0], texts[1], color)
