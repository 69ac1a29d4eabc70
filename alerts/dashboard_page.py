"""A dashboard as a page of a handbook: in Markdown, with the alerts that its panels show.

The texts of a document are anybody's: they become words, code or a fenced block, never Markdown.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from tailboard.alerts.addresses import Addresses
from tailboard.alerts.markdown import (
    escape_words,
    format_code,
    format_code_block,
    format_link,
    list_paragraphs,
)
from tailboard.alerts.rule import AlertRule
from tailboard.alerts.rule_set import RuleSet
from tailboard.alerts.template import format_percentage, format_seconds
from tailboard.dashboards.schema_v2.values import JsonObject, list_objects, read_object
from tailboard.panels.lazy_pattern import declare_pattern

PanelKey = tuple[str, int] | None
"""A dashboard's uid and a panel's id; None for what no panel shows."""

TEMPLATE_PATTERN = declare_pattern(r"\{\{-?\s*(\"\{\{\"|.*?)\s*-?\}\}")
LABEL_PATTERN = declare_pattern(r"\$labels\.(\w+)")
LANGUAGES = {"prometheus": "promql", "datasource": "promql", "loki": "logql"}
QUERY_METADATA_FIELDS = ("datasource", "hide", "refId")
EMPTY_UNITS = (None, "", "none", "short")
"""Units that are none."""


@dataclass(frozen=True)
class Alert:
    """An alert rule, and the slug of the service that it watches."""

    rule: AlertRule
    service: str


AlertsByPanel = Mapping[PanelKey, Sequence[Alert]]


def group_alerts(rule_sets: Iterable[RuleSet]) -> AlertsByPanel:
    """The alerts of all services by the panel that shows them."""
    alerts: defaultdict[PanelKey, list[Alert]] = defaultdict(list)
    for rule_set in sorted(rule_sets, key=lambda rule_set: rule_set.slug):
        for rule, panel_link in rule_set.linked_alerts:
            alerts[(panel_link.uid, panel_link.panel_id) if panel_link else None].append(
                Alert(rule, rule_set.slug)
            )
    return alerts


def render_page(document: JsonObject, alerts: AlertsByPanel, addresses: Addresses) -> str:
    """What a dashboard shows, panel by panel in reading order."""
    blocks = [f"# {escape_words(document['title'])}", *list_paragraphs(document.get("description"))]
    if addresses.grafana_url:
        url = f"{addresses.grafana_url.rstrip('/')}/d/{quote(document['uid'])}"
        blocks.append(format_link("Open it in Grafana", url))
    for row, panels in list_rows(document["panels"]):
        blocks += _render_heading(row, "##", "row") if row else ["## Panels"]
        for panel in panels:
            blocks += _render_panel(panel)
            if panel_alerts := alerts.get((document["uid"], panel.get("id", 0))):
                blocks += [
                    "Alerts:",
                    "\n".join(render_alert(alert, addresses) for alert in panel_alerts),
                ]
    return "\n\n".join(blocks) + "\n"


def render_alert(alert: Alert, addresses: Addresses) -> str:
    """An alert as one item of a list, which leads to its runbook if there is one."""
    rule = alert.rule
    url = addresses.build_runbook_url(rule.name, alert.service)
    name = format_link(rule.name, url) if url else escape_words(rule.name)
    return (
        f"- {name}, **{rule.severity}** {escape_words(rule.timing)}: "
        f"{_render_summary(rule.summary)}"
    )


def list_rows(panels: Iterable[JsonObject]) -> Iterator[tuple[JsonObject | None, list[JsonObject]]]:
    """Each row with its panels, in reading order; what stands above the first row has none."""
    row: JsonObject | None = None
    row_panels: list[JsonObject] = []
    for panel in sorted(panels, key=_find_position):
        if panel.get("type") != "row":
            row_panels += [panel, *_list_nested_panels(panel)]
            continue
        if row or row_panels:
            yield row, row_panels
        row, row_panels = panel, _list_nested_panels(panel)
    if row or row_panels:
        yield row, row_panels


def _find_position(panel: JsonObject) -> tuple[int, int]:
    grid_position = read_object(panel.get("gridPos"))
    y, x = (
        coordinate if isinstance(coordinate, int) else 0
        for coordinate in (grid_position.get("y"), grid_position.get("x"))
    )
    return y, x


def _list_nested_panels(panel: JsonObject) -> list[JsonObject]:
    children = sorted(list_objects(panel.get("panels")), key=_find_position)
    return [panel for child in children for panel in (child, *_list_nested_panels(child))]


def _render_heading(panel: JsonObject, marks: str, kind: object) -> list[str]:
    title = escape_words(panel.get("title")) or f"A {escape_words(kind)} without a title"
    repeat = format_code(panel.get("repeat"))
    return [f"{marks} {title}", *([f"Once for each value of {repeat}."] if repeat else [])]


def _render_panel(panel: JsonObject) -> Iterator[str]:
    library_panel = read_object(panel.get("libraryPanel"))
    yield from _render_heading(
        panel, "###", "library panel" if library_panel else panel.get("type") or "panel"
    )
    yield from list_paragraphs(panel.get("description"))
    if library_panel:
        name = format_code(library_panel.get("name") or library_panel.get("uid")) or "no name"
        yield f"A library panel of Grafana, which keeps what it shows: {name}."
    if panel.get("type") == "text":
        text_options = {**panel, **read_object(panel.get("options"))}
        yield format_code_block(
            text_options.get("content"),
            "html" if text_options.get("mode") == "html" else "markdown",
        )
    columns = _find_column_titles(panel)
    for query in list_objects(panel.get("targets")):
        yield from _render_query(query, panel, columns)
    yield from _render_thresholds(panel)


def _render_query(query: JsonObject, panel: JsonObject, columns: JsonObject) -> Iterator[str]:
    """What is asked: an expression, or the whole query of a source that has none."""
    source = query.get("datasource") or panel.get("datasource")
    kind = source.get("type") if isinstance(source, dict) else source
    language = LANGUAGES.get(str(kind or "prometheus"), "")
    name, legend = query.get("refId"), query.get("legendFormat")
    column = columns.get(f"Value #{name}") or columns.get("Value")
    details = [
        f"legend {format_code(legend)}" if legend and legend != "__auto" else "",
        f"column {format_code(column)}" if column else "",
        "" if language == "promql" else f"asked of {format_code(kind) or 'no known source'}",
        "hidden" if query.get("hide") else "",
    ]
    yield f"{', '.join([f'Query {escape_words(name)}', *filter(None, details)])}:"
    expression = query.get("expr")
    if isinstance(expression, str) and expression.strip():
        yield format_code_block(expression, language)
    else:
        query_fields = {
            key: value for key, value in query.items() if key not in QUERY_METADATA_FIELDS
        }
        yield format_code_block(
            json.dumps(query_fields, ensure_ascii=False, indent=2, sort_keys=True), "json"
        )


def _find_column_titles(panel: JsonObject) -> JsonObject:
    """The columns' titles of a table by Grafana's names of its queries' values."""
    transformation_options = (
        read_object(transformation.get("options"))
        for transformation in list_objects(panel.get("transformations"))
    )
    column_titles = (read_object(option.get("renameByName")) for option in transformation_options)
    return {name: title for titles in column_titles for name, title in titles.items()}


def _render_thresholds(panel: JsonObject) -> Iterator[str]:
    """The steps of all fields, then those of the fields that an override finds."""
    config = read_object(panel.get("fieldConfig"))
    defaults = read_object(config.get("defaults"))
    yield from _render_steps("Thresholds", defaults)
    for override in list_objects(config.get("overrides")):
        properties = list_objects(override.get("properties"))
        override_properties = {str(entry.get("id")): entry.get("value") for entry in properties}
        fields = format_code(read_object(override.get("matcher")).get("options")) or "some fields"
        unit = override_properties.get("unit", defaults.get("unit"))
        yield from _render_steps(f"Thresholds of {fields}", {**override_properties, "unit": unit})


def _render_steps(title: str, field: JsonObject) -> Iterator[str]:
    """The colours from the lowest on; a single one is no threshold."""
    thresholds = read_object(field.get("thresholds"))
    steps = list_objects(thresholds.get("steps"))
    unit = field.get("unit") if thresholds.get("mode") != "percentage" else "% of the range"
    steps_text = [
        (escape_words(step.get("color")) or "no colour", _format_value(step.get("value"), unit))
        for step in steps
    ]
    if len(steps_text) > 1:
        yield (
            f"{title}: {steps_text[0][0]}, "
            f"{', '.join(f'{color} from {value}' for color, value in steps_text[1:])}."
        )


def _format_value(value: object, unit: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return escape_words(value) or "nowhere"
    if unit == "percentunit":
        return format_percentage(value)
    if unit == "s" and value > 0:
        return format_seconds(value)
    return f"{value:.12g}" + (f" {escape_words(unit)}" if unit not in EMPTY_UNITS else "")


def _render_summary(summary: str) -> str:
    """A summary with the names of what Prometheus fills in."""
    return escape_words(TEMPLATE_PATTERN.sub(_format_placeholder, summary))


def _format_placeholder(template: re.Match[str]) -> str:
    content = template[1]
    if content == '"{{"':
        return "{{"
    label = LABEL_PATTERN.search(content)
    return f"{{{label[1] if label else 'value' if '$value' in content else '…'}}}"
