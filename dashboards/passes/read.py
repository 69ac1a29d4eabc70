"""Pass 1: a dashboard of any class becomes a document of plain JSON values.

The document has the fields that its source had: `rows` of Grafana 4, panels of removed types and
grafanalib's defaults are still in it. grafanalib is imported for its objects alone: the JSON of a
dashboard is read without it.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stdout
from functools import cache, partial
from typing import Any

from tailboard.dashboards.dashboard import Dashboard, Row, validate_title
from tailboard.dashboards.envelope import unwrap_dashboard
from tailboard.dashboards.folder import (
    FOLDER_ANNOTATION,
    GRAFANA_FOLDER_ANNOTATION,
    UID_PREFIX,
    validate_folder,
)
from tailboard.dashboards.grafanalib_defaults import strip_grafanalib_defaults
from tailboard.dashboards.schema import GRAFANALIB_SCHEMA, SCHEMA_VERSION
from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.panels.definition_error import DefinitionError, locate_errors, suggest_name

Document = dict[str, Any]

PanelReader = Callable[[object], Document]

JSON_TYPES = frozenset({bool, int, type(None)})
"""Types whose values need no conversion."""

MAX_EXACT_INTEGER = 2**53
"""The largest integer below which a float represents every integer exactly."""


def read_dashboard(dashboard: object, read_panel: PanelReader | None = None) -> Document:
    """A new document of a tailboard dashboard, a grafanalib dashboard or a dashboard's JSON.

    `read_panel` reads panels instead of `convert_panel`. Raises `DefinitionError` for anything
    else, and for a value that JSON cannot represent.
    """
    if isinstance(dashboard, Dashboard):
        return _read_tailboard_dashboard(dashboard, read_panel or convert_panel)
    if isinstance(dashboard, Mapping):
        return _read_json_dashboard(dashboard)
    if _is_grafanalib_dashboard(dashboard):
        return _read_grafanalib_dashboard(dashboard, read_panel or convert_panel)
    raise DefinitionError(
        f"a {type(dashboard).__name__} is not a dashboard",
        tip="name a Dashboard of tailboard, a grafanalib Dashboard or a dashboard's JSON.",
    )


def read_folder(dashboard: object) -> str:
    """The folder of a tailboard dashboard or of a resource of Grafana's API; empty without one."""
    if isinstance(dashboard, Dashboard):
        return dashboard.folder
    metadata = dashboard.get("metadata") if isinstance(dashboard, Mapping) else None
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    if not isinstance(annotations, Mapping):
        return ""
    uid = annotations.get(GRAFANA_FOLDER_ANNOTATION)
    return validate_folder(
        annotations.get(FOLDER_ANNOTATION) or (f"{UID_PREFIX}{uid}" if uid else "")
    )


def _read_tailboard_dashboard(dashboard: Dashboard, read_panel: PanelReader) -> Document:
    with locate_errors(f"dashboard {dashboard.title!r}"):
        extra = convert_value(dashboard.extra)
        variables = convert_value(dashboard.variables)
        if "__inputs" in extra:  # they are filled into the panels before these are modernised
            read_panel = convert_panel
        if dashboard.datasource is not None:
            data_source = convert_value(dashboard.datasource)
            read_panel = partial(_read_panel_of, data_source)
            variables = [_add_data_source(variable, data_source) for variable in variables]
        return {
            "annotations": {"list": convert_value(dashboard.annotations)},
            "description": convert_value(dashboard.description),
            "graphTooltip": 1,
            "links": convert_value(dashboard.links),
            "panels": _read_rows(_validate_list(dashboard.rows, "rows"), read_panel),
            "refresh": dashboard.refresh,
            "schemaVersion": SCHEMA_VERSION,
            "tags": list(dashboard.tags),
            "templating": {"list": variables},
            "time": {"from": dashboard.time_from, "to": "now"},
            "title": convert_value(dashboard.title),
            "uid": dashboard.uid,
            **extra,
        }


def _read_panel_of(data_source: Document, panel: object) -> Document:
    """A panel that reads a data source where it has queries and names none."""
    content = convert_panel(panel)
    if content.get("targets") and not content.get("datasource"):
        content["datasource"] = dict(data_source)
    return content


def _add_data_source(variable: Any, data_source: Document) -> Any:
    """A variable that reads a data source where it has a query and names none."""
    if not isinstance(variable, dict) or variable.get("type") != "query":
        return variable
    return {"datasource": dict(data_source), **variable}


def _read_rows(rows: Iterable[Any], read_panel: PanelReader) -> list[Document]:
    """The panels of all rows; rows of other tabs than the first are closed, as such tabs are."""
    panels: list[Document] = []
    first_tab = ""
    for row in rows:
        tab = row.tab if isinstance(row, Row) else ""
        first_tab = first_tab or tab
        panels += _read_row(row, read_panel, is_closed=tab != first_tab and bool(tab))
    return panels


def _read_row(row: object, read_panel: PanelReader, *, is_closed: bool) -> list[Document]:
    """A row panel with the row's panels in it; only the panels of a row without a heading."""
    if not isinstance(row, Row):
        raise DefinitionError(
            f"a {type(row).__name__} stands where a row is expected",
            tip='put panels into rows: rows=[Row("Golden signals", [panel, ...])].',
        )
    with locate_errors(f"row {row.title!r}"):
        panels = [read_panel(panel) for panel in _validate_list(row.panels, "panels")]
    if not row.has_heading:
        return panels
    return [
        {
            "collapsed": row.collapsed or is_closed,
            "panels": panels,
            "repeat": row.repeat,
            "title": convert_value(row.heading),
            "type": "row",
        }
    ]


def _validate_list(value: object, name: str) -> Iterable[Any]:
    if isinstance(value, Iterable) and not isinstance(value, str | Mapping):
        return value
    raise DefinitionError(
        f"`{name}` is a {type(value).__name__}, which is not a list", tip=f"write {name}=[...]."
    )


def _is_grafanalib_dashboard(value: object) -> bool:
    from grafanalib.core import Dashboard as GrafanalibDashboard

    return isinstance(value, GrafanalibDashboard)


def _read_grafanalib_dashboard(dashboard: Any, read_panel: PanelReader) -> Document:
    """grafanalib's dashboard with both rows and panels: its own encoder drops one of them."""
    import attr

    with locate_errors(f"dashboard {validate_title(dashboard.title)!r}"):
        _check_attributes(dashboard)
        if dashboard.inputs:
            read_panel = convert_panel
        return {
            **convert_value(attr.evolve(dashboard, rows=[], panels=[])),
            "rows": [_read_grafanalib_row(row, read_panel) for row in dashboard.rows],
            "panels": [read_panel(panel) for panel in dashboard.panels],
        }


def _read_grafanalib_row(row: Any, read_panel: PanelReader) -> Document:
    import attr

    _check_attributes(row)
    fields = convert_value(attr.evolve(row, panels=[]))
    return {**fields, "panels": [read_panel(panel) for panel in row.panels]}


def _read_json_dashboard(dashboard: Mapping[str, Any]) -> Document:
    """A dashboard's JSON, with or without an envelope of Grafana's API."""
    content = unwrap_dashboard(dashboard)
    title = content.get("title")
    if not isinstance(title, str) or not title.strip():
        raise DefinitionError(
            "the JSON is not a dashboard, or its title is empty",
            tip="bring it home with `tailboard pull UID`, or export it from Grafana again.",
        )
    with locate_errors(f"dashboard {title!r}"):
        keep_nulls = (
            is_v2_document(content)
            or content.get("schemaVersion", GRAFANALIB_SCHEMA) != GRAFANALIB_SCHEMA
        )
        document: Document = convert_value(content, keep_nulls=keep_nulls)
        return document


def convert_panel(panel: object) -> Document:
    """The document of a grafanalib panel or of a panel's JSON."""
    document = None
    if isinstance(panel, Mapping):
        document = _convert_mapping(panel, keep_nulls=False, is_panel=True)
    elif hasattr(panel, "to_json_data"):
        document = convert_value(write_json_data(panel))
        if isinstance(document, dict):
            strip_grafanalib_defaults(document)
    if isinstance(document, dict) and ("type" in document or "libraryPanel" in document):
        return document
    raise DefinitionError(
        f"a {type(panel).__name__} is not a panel",
        tip="use a ready-made panel, a kind from panels.kinds or a grafanalib panel.",
    )


def convert_value(value: Any, *, keep_nulls: bool = False) -> Any:
    """The value as dictionaries, lists, strings, numbers, booleans and null.

    grafanalib writes null for a field that is not set: it is dropped. A null in JSON that Grafana
    exported can have a meaning: `keep_nulls` keeps it.
    """
    # Every value of every document passes here, so the most frequent types are tested first.
    kind = type(value)
    if kind is str:
        return value if value.isascii() else validate_text(value)
    if kind in JSON_TYPES:
        return value
    if kind is dict:
        return _convert_mapping(value, keep_nulls=keep_nulls)
    if kind is list:
        return [convert_value(item, keep_nulls=keep_nulls) for item in value]
    if hasattr(value, "to_json_data"):
        return convert_value(write_json_data(value), keep_nulls=keep_nulls)
    return _convert_rare_value(value, keep_nulls=keep_nulls)


def _convert_rare_value(value: Any, *, keep_nulls: bool) -> Any:
    """The value of a type that is less frequent, or a subclass of a frequent one."""
    if isinstance(value, float):
        return _convert_number(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return validate_text(value)
    if isinstance(value, Mapping):
        return _convert_mapping(value, keep_nulls=keep_nulls)
    if isinstance(value, list | tuple):
        return [convert_value(item, keep_nulls=keep_nulls) for item in value]
    raise DefinitionError(
        f"{value!r} is a {type(value).__name__}, which JSON cannot say",
        tip="use strings, numbers, lists, dictionaries and grafanalib objects.",
    )


def validate_text(value: str) -> str:
    """The text, if it can be written as JSON; raises `DefinitionError` for half a character."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise DefinitionError(
            f"{value!r:.60} holds half a character, which JSON cannot say",
            tip="look for text that was cut or decoded wrongly.",
        ) from error
    return value


def _convert_mapping(value: Mapping[Any, Any], *, keep_nulls: bool, is_panel: bool = False) -> Any:
    document: Document = {}
    try:
        for key, item in value.items():
            name = key if type(key) is str else str(key)
            if item is None:
                if keep_nulls or name == "value":
                    document[name] = None
            elif type(item) in JSON_TYPES or (type(item) is str and item.isascii()):
                document[name] = item
            elif type(item) is dict:
                document[name] = _convert_mapping(item, keep_nulls=keep_nulls)
            else:
                document[name] = convert_value(item, keep_nulls=keep_nulls)
    except DefinitionError as error:
        if is_panel or "fieldConfig" in value or "gridPos" in value or "targets" in value:
            error.add_place(f"panel {value.get('title') or value.get('type') or ''!r}")
        raise
    return document


def write_json_data(value: Any) -> Any:
    """What an object of grafanalib writes; raises `DefinitionError` for a misspelt attribute."""
    try:
        _check_attributes(value)
    except DefinitionError as error:
        if _is_panel_class(type(value)):  # type: ignore[arg-type]  # a class is hashable
            error.add_place(f"panel {_find_title(value)!r}")
        raise
    if _is_printing_class(type(value)):  # type: ignore[arg-type]  # as above
        with redirect_stdout(None):
            return value.to_json_data()
    return value.to_json_data()


def _convert_number(value: float) -> float:
    """The number; a whole one becomes an integer, since Grafana stores 1 and not 1.0."""
    if not math.isfinite(value):
        raise DefinitionError(
            f"a number is {value!r}, which JSON cannot say",
            tip="look for a threshold or limit that was computed.",
        )
    return int(value) if value.is_integer() and abs(value) < MAX_EXACT_INTEGER else float(value)


def _check_attributes(value: object) -> None:
    """Find misspelt attributes: grafanalib's classes accept any assignment without an error."""
    known_names = _list_attribute_names(type(value))  # type: ignore[arg-type]  # a class is hashable
    if not known_names or known_names.issuperset(getattr(value, "__dict__", ())):
        return
    for name in getattr(value, "__dict__", ()):
        if name not in known_names and not name.startswith("_"):
            raise DefinitionError(
                f"a {type(value).__name__} has no field {name!r}",
                tip=suggest_name(name, known_names),
            )


@cache
def _is_panel_class(kind: type[Any]) -> bool:
    from grafanalib.core import AlertList, Panel

    return issubclass(kind, Panel | AlertList)


@cache
def _is_printing_class(kind: type[Any]) -> bool:
    """Whether grafanalib prints a deprecation note when it converts an object of the class."""
    from grafanalib.core import Graph, PieChart

    return issubclass(kind, Graph | PieChart)


@cache
def _list_attribute_names(kind: type[Any]) -> frozenset[str]:
    """The fields of an attrs class; a plain subclass of one may have attributes of its own."""
    import attr

    has_own_fields = "__attrs_attrs__" in vars(kind)
    return frozenset(field.name for field in attr.fields(kind)) if has_own_fields else frozenset()


def _find_title(panel: object) -> str:
    return str(getattr(panel, "title", None) or type(panel).__name__)
