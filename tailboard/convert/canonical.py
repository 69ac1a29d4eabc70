"""One form for two documents that Grafana draws alike, by which a definition proves itself.

It is the form by which `plan` compares, and in which panels stand in the order and at the places
where Grafana draws them, without ids that nothing in the document refers to.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from tailboard.dashboards.document import Document
from tailboard.dashboards.passes.modernize.panel import is_promql_query
from tailboard.dashboards.passes.number import format_ref_id
from tailboard.dashboards.schema import SCHEMA_VERSION
from tailboard.publish.grafana.documents.normalize import normalize_document
from tailboard.publish.grafana.documents.panel_defaults.fields import THRESHOLDS

Panel = dict[str, Any]

FIRST_EQUAL_SCHEMA = 36
"""From here on migrations only change what the passes of a document have changed already."""

CHANGED_TRANSFORMATIONS = ("timeSeriesTable",)
"""What a later migration changes all the same."""

UNREAD_QUERY_FIELDS = ("calculatedInterval", "datasourceErrors", "errors", "metric", "step")
"""What Grafana 12 reads no more of PromQL."""

QUERY_VARIABLE_FIELDS = frozenset({"qryType", "query", "refId"})
"""What the editor writes beside the text of a variable's query, which says the same."""

UNREAD_FIELD_OPTIONS = ("unitScale",)
UNREAD_OPTIONS = {"timeseries": ("alertThreshold", "dataLinks")}
"""Options of panels that Grafana removed, which stay in the JSON of their successors."""

LABEL_VALUES = re.compile(r"\Alabel_values\(\s*(?P<series>.+\S)\s*,\s*(?P<label>\w+)\s*\)\Z")
"""A query for the values of a label, whatever spaces are in it."""

PANELS_OF_SERIES = (
    "barchart",
    "bargauge",
    "gauge",
    "heatmap",
    "histogram",
    "piechart",
    "stat",
    "state-timeline",
    "status-history",
    "timeseries",
)
"""Panels that draw series by their legends, and not by the names of their queries."""

QUERY_NAME = re.compile(r"ref_?id|Value #|byFrame", re.IGNORECASE)
"""What options and transformations that read the queries' names have in them."""

PANELS_WITHOUT_QUERIES = ("dashlist", "news", "row", "text")


def build_canonical(document: Document) -> Document:
    """The canonical form of a document that a build has made."""
    content = normalize_document(document)
    reference_ids = set(_list_reference_ids(content["panels"]))
    content["panels"] = _arrange_panels(
        [_simplify_panel(panel, reference_ids) for panel in content["panels"]]
    )
    content["annotations"]["list"] = [
        entry for entry in content["annotations"]["list"] if not _is_built_in(entry)
    ]
    content["templating"]["list"] = [
        _simplify_variable(variable) for variable in content["templating"]["list"]
    ]
    if is_same_text(content.get("description"), content.get("title")):
        del content["description"]
    if not is_schema_version_needed(content):
        content.pop("schemaVersion", None)
    return content


def is_same_text(description: object, title: object) -> bool:
    """Whether a description says the title once more."""
    texts = [text.strip(" .").lower() for text in (description, title) if isinstance(text, str)]
    return len(texts) == 2 and texts[0] == texts[1]


def is_schema_version_needed(document: Document) -> bool:
    """Whether Grafana would migrate something of the document, because of its schema version."""
    version = document.get("schemaVersion", SCHEMA_VERSION)
    if version >= SCHEMA_VERSION:
        return False
    return version < FIRST_EQUAL_SCHEMA or any(
        transformation.get("id") in CHANGED_TRANSFORMATIONS
        for panel in list_panels(document["panels"])
        for transformation in panel.get("transformations") or []
        if isinstance(transformation, dict)
    )


def list_panels(panels: Sequence[Panel]) -> Iterator[Panel]:
    """Every panel, those of closed rows too."""
    for panel in panels:
        yield panel
        yield from list_panels(panel.get("panels") or [])


def split_sections(panels: Sequence[Panel]) -> list[tuple[Panel | None, list[Panel]]]:
    """Each heading with the panels below it; first those above every heading, if there are any."""
    sections: list[tuple[Panel | None, list[Panel]]] = []
    for panel in panels:
        if panel.get("type") == "row":
            sections.append((panel, list(panel.get("panels") or [])))
        elif not sections or (sections[-1][0] or {}).get("collapsed"):
            sections.append((None, [panel]))
        else:
            sections[-1][1].append(panel)
    return sections


def sort_panels(panels: Sequence[Panel]) -> list[Panel]:
    """The panels in reading order."""
    return sorted(panels, key=lambda panel: _read_corner(panel.get("gridPos") or {}))


def compact_positions(positions: Sequence[Panel]) -> list[Panel]:
    """The positions of panels in reading order, moved up as Grafana does, until they meet others.

    They count from the highest of the panels.
    """
    placed_positions: list[Panel] = []
    for position in positions:
        bottoms = (
            other["y"] + other["h"]
            for other in placed_positions
            if other["x"] < position["x"] + position["w"]
            and position["x"] < other["x"] + other["w"]
        )
        placed_positions.append({**position, "y": max(bottoms, default=0)})
    return placed_positions


def _read_corner(position: Panel) -> tuple[int, int]:
    return position.get("y") or 0, position.get("x") or 0


def _arrange_panels(panels: Sequence[Panel]) -> list[Panel]:
    """The panels of each section in reading order, each at its place in the section."""
    arranged_panels: list[Panel] = []
    for heading, children in split_sections(sort_panels(panels)):
        placed_children = _place_children(sort_panels(children))
        if heading is None:
            arranged_panels += placed_children
            continue
        row = {key: value for key, value in heading.items() if key not in ("gridPos", "panels")}
        if heading.get("collapsed"):
            arranged_panels.append({**row, "panels": placed_children})
        else:
            arranged_panels += [row, *placed_children]
    return arranged_panels


def _place_children(panels: Sequence[Panel]) -> list[Panel]:
    """The panels at their places, in the reading order that these give."""
    positions = compact_positions([panel["gridPos"] for panel in panels])
    return sort_panels(
        [{**panel, "gridPos": position} for panel, position in zip(panels, positions, strict=True)]
    )


def _list_reference_ids(panels: Sequence[Panel]) -> Iterator[int]:
    """The ids of panels whose results other panels read."""
    for panel in list_panels(panels):
        for query in panel.get("targets") or []:
            if isinstance(query, dict) and isinstance(query.get("panelId"), int):
                yield query["panelId"]


def _simplify_panel(panel: Panel, reference_ids: set[int]) -> Panel:
    content = dict(panel)
    if content.get("id") not in reference_ids:
        content.pop("id", None)
    if not content.get("title"):
        content.pop("title", None)
    if is_same_text(content.get("description"), content.get("title")):
        del content["description"]
    if content.get("type") in PANELS_WITHOUT_QUERIES:
        content.pop("datasource", None)
    if "fieldConfig" in content:
        content["fieldConfig"] = _simplify_fields(content["fieldConfig"])
        if not content["fieldConfig"]:
            del content["fieldConfig"]
    if options := _simplify_options(content.pop("options", None), str(content.get("type"))):
        content["options"] = options
    if children := content.get("panels"):
        content["panels"] = [_simplify_panel(child, reference_ids) for child in children]
    if queries := content.get("targets"):
        names = [query.get("refId") for query in queries]
        default_names = [format_ref_id(index) for index in range(len(names))]
        is_unnamed = names == default_names or (
            content.get("id") not in reference_ids and not _is_query_name_read(content, queries)
        )
        content["targets"] = [
            _simplify_query(query, content, has_default_name=is_unnamed) for query in queries
        ]
    return content


def _is_query_name_read(panel: Panel, queries: Sequence[Panel]) -> bool:
    """Whether something may read the names of a panel's queries, or draw them."""
    names = [query.get("refId") for query in queries]
    options = str({key: value for key, value in panel.items() if key != "targets"})
    return (
        panel.get("type") not in PANELS_OF_SERIES
        or len({*map(str, names)}) < len(names)
        or QUERY_NAME.search(options) is not None
        or any(
            not is_promql_query(query, panel) or query.get("format") == "table" for query in queries
        )
    )


def _is_built_in(annotation: Any) -> bool:
    """Whether it is Grafana's own annotation in any of its forms, which a build adds."""
    return (
        isinstance(annotation, dict)
        and bool(annotation.get("builtIn"))
        and annotation.get("enable") is True
        and annotation.get("hide") is True
    )


def _simplify_variable(variable: Any) -> Any:
    """A variable without what says nothing: a query has its text in three places."""
    if not isinstance(variable, dict):
        return variable
    content = dict(variable)
    if _has_default_choice(content):
        content.pop("current", None)
    if content.get("type") == "datasource" and content.get("queryValue") == "":
        del content["queryValue"]
    if content.get("type") != "query":
        return content
    query = content.get("query")
    text = query.get("query") if isinstance(query, dict) else query
    if isinstance(query, dict) and isinstance(text, str) and {*query} <= QUERY_VARIABLE_FIELDS:
        content["query"] = text
    if content.get("definition") in (text, ""):
        content.pop("definition", None)
    if isinstance(content.get("query"), str):
        content["query"] = LABEL_VALUES.sub(
            r"label_values(\g<series>, \g<label>)", content["query"]
        )
    return content


def _has_default_choice(variable: Panel) -> bool:
    """Whether a variable selects what it does without a choice: all, the default, its own text."""
    current = variable.get("current")
    if not isinstance(current, dict):
        return False
    choice = current.get("value")
    match variable.get("type"):
        case "datasource":
            return {current.get("text"), choice if isinstance(choice, str) else ""} == {"default"}
        case "custom" | "query":
            return bool(variable.get("includeAll")) and choice in ("$__all", ["$__all"])
        case "textbox":
            return choice == variable.get("query")
        case _:
            return False


def _simplify_options(options: Any, kind: str) -> Any:
    """The options that are read; of a table's footer that is not shown, that it has pages."""
    if not isinstance(options, dict):
        return options
    unread_names = UNREAD_OPTIONS.get(kind, ())
    content = {name: value for name, value in options.items() if name not in unread_names}
    footer = content.get("footer")
    if kind == "table" and isinstance(footer, dict) and not footer.get("show"):
        del content["footer"]
        if footer.get("enablePagination"):
            content["footer"] = {"enablePagination": footer["enablePagination"]}
    return content


def _simplify_fields(config: Any) -> Any:
    """Field options that are read; thresholds have steps, since a build drops them otherwise."""
    if isinstance(config, dict) and isinstance(config.get("overrides"), list):
        overrides = _join_overrides(config["overrides"])
        others = {name: value for name, value in config.items() if name != "overrides"}
        config = {**others, "overrides": overrides} if overrides else others
    defaults = config.get("defaults") if isinstance(config, dict) else None
    if not isinstance(defaults, dict):
        return config
    defaults = {key: value for key, value in defaults.items() if key not in UNREAD_FIELD_OPTIONS}
    config = {name: part for name, part in {**config, "defaults": defaults}.items() if part}
    thresholds = defaults.get("thresholds")
    if not isinstance(thresholds, dict) or thresholds.get("steps"):
        return config
    thresholds = {**thresholds, "steps": THRESHOLDS["steps"]}
    return {**config, "defaults": {**defaults, "thresholds": thresholds}}


def _join_overrides(overrides: Sequence[Any]) -> list[Any]:
    """The overrides, of which neighbours for the same series are one, without empty ones."""
    joined_overrides: list[Any] = []
    for override in overrides:
        if not isinstance(override, dict) or {*override} != {"matcher", "properties"}:
            joined_overrides.append(override)
            continue
        properties = override["properties"] or []
        last = joined_overrides[-1] if joined_overrides else None
        if properties and isinstance(last, dict) and last.get("matcher") == override["matcher"]:
            ids = [_read_id(entry) for entry in (*last["properties"], *properties)]
            if len({*ids}) == len(ids):
                properties = [*last["properties"], *properties]
                joined_overrides.pop()
        if properties:
            joined_overrides.append({**override, "properties": properties})
    return joined_overrides


def _read_id(entry: Any) -> str:
    return str(entry.get("id")) if isinstance(entry, dict) else ""


def _simplify_query(query: Panel, panel: Panel, *, has_default_name: bool) -> Panel:
    """A query without what follows from its panel, and without what nothing reads."""
    fields = dict(query)
    if has_default_name:
        fields.pop("refId", None)
    if is_promql_query(query, panel):
        for name in UNREAD_QUERY_FIELDS:
            fields.pop(name, None)
    elif _reads_loki(fields, panel):
        fields.pop("range", None)  # a query reads one by default
        if fields.get("queryType") == "range" and not fields.get("instant"):
            del fields["queryType"]
    return fields


def _reads_loki(query: Panel, panel: Panel) -> bool:
    datasource = query.get("datasource") or panel.get("datasource")
    return isinstance(datasource, dict) and datasource.get("type") == "loki"
