"""A dashboard as a page of a handbook: in Markdown, with the alerts that its panels show.

What a document says is anybody's text: it becomes words, code or a fenced block, never Markdown.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tailboard.alerts.groups import Addresses
from tailboard.alerts.markdown import code, fenced, link, paragraphs, words
from tailboard.alerts.rule import AlertRule
from tailboard.alerts.rule_set import RuleSet
from tailboard.alerts.template import percentage, seconds

Panel = dict[str, Any]
Place = tuple[str, int] | None
"""A dashboard's uid and a panel's id; None for what no panel shows."""

TEMPLATE = re.compile(r"\{\{-?\s*(\"\{\{\"|.*?)\s*-?\}\}")
LABEL = re.compile(r"\$labels\.(\w+)")
LANGUAGES = {"prometheus": "promql", "datasource": "promql", "loki": "logql"}
NOT_ASKED = ("datasource", "hide", "refId")
PLAIN = (None, "", "none", "short")
"""Units that are none."""


@dataclass(frozen=True)
class Alert:
    """An alert rule, and the slug of the service that it watches."""

    rule: AlertRule
    service: str


Alerts = Mapping[Place, Sequence[Alert]]


def by_panel(rule_sets: Iterable[RuleSet]) -> Alerts:
    """The alerts of all services by the panel that shows them."""
    found: defaultdict[Place, list[Alert]] = defaultdict(list)
    for rules in sorted(rule_sets, key=lambda it: it.slug):
        for rule, shown in rules.linked:
            found[(shown.uid, shown.panel) if shown else None].append(Alert(rule, rules.slug))
    return found


def page(document: Panel, alerts: Alerts, addresses: Addresses) -> str:
    """What a dashboard shows, panel by panel in reading order."""
    blocks = [f"# {words(document['title'])}", *paragraphs(document.get("description"))]
    url = f"{addresses.grafana.rstrip('/')}/d/{quote(document['uid'])}"
    blocks.append(link("Open it in Grafana", url))
    for row, panels in rows(document["panels"]):
        blocks += _heading(row, "##", "row") if row else ["## Panels"]
        for panel in panels:
            blocks += _panel(panel)
            if shown := alerts.get((document["uid"], panel.get("id", 0))):
                blocks += ["Alerts:", "\n".join(alert_line(it, addresses) for it in shown)]
    return "\n\n".join(blocks) + "\n"


def alert_line(alert: Alert, addresses: Addresses) -> str:
    """An alert as one item of a list, which leads to its runbook."""
    rule = alert.rule
    name = link(rule.name, addresses.runbook_url(rule.name, alert.service))
    return f"- {name}, **{rule.severity}** after {words(rule.lasting)}: {_told(rule.summary)}"


def rows(panels: Iterable[Panel]) -> Iterator[tuple[Panel | None, list[Panel]]]:
    """Each row with its panels, in reading order; what stands above the first row has none."""
    row: Panel | None = None
    found: list[Panel] = []
    for panel in sorted(panels, key=_position):
        if panel.get("type") != "row":
            found += [panel, *_within(panel)]
            continue
        if row or found:
            yield row, found
        row, found = panel, _within(panel)
    if row or found:
        yield row, found


def _position(panel: Panel) -> tuple[int, int]:
    place = _object(panel.get("gridPos"))
    y, x = (it if isinstance(it, int) else 0 for it in (place.get("y"), place.get("x")))
    return y, x


def _within(panel: Panel) -> list[Panel]:
    children = sorted(_objects(panel.get("panels")), key=_position)
    return [it for child in children for it in (child, *_within(child))]


def _heading(panel: Panel, marks: str, kind: object) -> list[str]:
    title = words(panel.get("title")) or f"A {words(kind)} without a title"
    repeat = code(panel.get("repeat"))
    return [f"{marks} {title}", *([f"Once for each value of {repeat}."] if repeat else [])]


def _panel(panel: Panel) -> Iterator[str]:
    stored = _object(panel.get("libraryPanel"))
    yield from _heading(panel, "###", "library panel" if stored else panel.get("type") or "panel")
    yield from paragraphs(panel.get("description"))
    if stored:
        name = code(stored.get("name") or stored.get("uid")) or "no name"
        yield f"A library panel of Grafana, which keeps what it shows: {name}."
    if panel.get("type") == "text":
        written = {**panel, **_object(panel.get("options"))}
        yield fenced(
            written.get("content"), "html" if written.get("mode") == "html" else "markdown"
        )
    columns = _columns(panel)
    for query in _objects(panel.get("targets")):
        yield from _query(query, panel, columns)
    yield from _thresholds(panel)


def _query(query: Panel, panel: Panel, columns: Panel) -> Iterator[str]:
    """What is asked: an expression, or the whole query of a source that has none."""
    source = query.get("datasource") or panel.get("datasource")
    kind = source.get("type") if isinstance(source, dict) else source
    language = LANGUAGES.get(str(kind or "prometheus"), "")
    name, legend = query.get("refId"), query.get("legendFormat")
    column = columns.get(f"Value #{name}") or columns.get("Value")
    says = [
        f"legend {code(legend)}" if legend and legend != "__auto" else "",
        f"column {code(column)}" if column else "",
        "" if language == "promql" else f"asked of {code(kind) or 'no known source'}",
        "hidden" if query.get("hide") else "",
    ]
    yield f"{', '.join([f'Query {words(name)}', *filter(None, says)])}:"
    expression = query.get("expr")
    if isinstance(expression, str) and expression.strip():
        yield fenced(expression, language)
    else:
        asked = {key: value for key, value in query.items() if key not in NOT_ASKED}
        yield fenced(json.dumps(asked, ensure_ascii=False, indent=2, sort_keys=True), "json")


def _columns(panel: Panel) -> Panel:
    """The columns' titles of a table by Grafana's names of its queries' values."""
    options = (_object(it.get("options")) for it in _objects(panel.get("transformations")))
    renamed = (_object(it.get("renameByName")) for it in options)
    return {name: title for it in renamed for name, title in it.items()}


def _thresholds(panel: Panel) -> Iterator[str]:
    """The steps of all fields, then those of the fields that an override finds."""
    config = _object(panel.get("fieldConfig"))
    defaults = _object(config.get("defaults"))
    yield from _steps("Thresholds", defaults)
    for override in _objects(config.get("overrides")):
        properties = _objects(override.get("properties"))
        changed = {str(it.get("id")): it.get("value") for it in properties}
        of = code(_object(override.get("matcher")).get("options")) or "some fields"
        unit = changed.get("unit", defaults.get("unit"))
        yield from _steps(f"Thresholds of {of}", {**changed, "unit": unit})


def _steps(what: str, field: Panel) -> Iterator[str]:
    """The colours from the lowest on; a single one is no threshold."""
    thresholds = _object(field.get("thresholds"))
    steps = _objects(thresholds.get("steps"))
    unit = field.get("unit") if thresholds.get("mode") != "percentage" else "% of the range"
    told = [(words(it.get("color")) or "no colour", _number(it.get("value"), unit)) for it in steps]
    if len(told) > 1:
        yield f"{what}: {told[0][0]}, {', '.join(f'{it} from {value}' for it, value in told[1:])}."


def _number(value: object, unit: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return words(value) or "nowhere"
    if unit == "percentunit":
        return percentage(value)
    if unit == "s" and value > 0:
        return seconds(value)
    return f"{value:.12g}" + (f" {words(unit)}" if unit not in PLAIN else "")


def _object(value: object) -> Panel:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[Panel]:
    return [it for it in value if isinstance(it, dict)] if isinstance(value, list) else []


def _told(summary: str) -> str:
    """A summary with the names of what Prometheus fills in."""
    return words(TEMPLATE.sub(_filled, summary))


def _filled(template: re.Match[str]) -> str:
    inner = template[1]
    if inner == '"{{"':
        return "{{"
    label = LABEL.search(inner)
    return f"{{{label[1] if label else 'value' if '$value' in inner else '…'}}}"
