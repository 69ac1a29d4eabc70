"""From a document to the statements of its definition."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tailboard.convert.canonical import (
    Panel,
    build_canonical,
    list_panels,
    split_sections,
)
from tailboard.convert.code import (
    Call,
    Code,
    ListCode,
    Literal,
    Name,
    build_code,
    render_flat,
)
from tailboard.convert.layout import find_sizes
from tailboard.convert.long_texts import INDENT, measure_width
from tailboard.convert.module_text import (
    Comment,
    Constant,
    Function,
    Statement,
    list_reserved_names,
    list_statement_names,
)
from tailboard.convert.names import NameRegistry, build_identifier, build_title_identifier
from tailboard.convert.panel_code import build_raw_call
from tailboard.convert.parts import (
    list_annotation_codes,
    list_link_codes,
    list_variable_codes,
)
from tailboard.convert.recognition.near_miss import resize_ready_made
from tailboard.convert.recognition.ready_made import ReadyMade
from tailboard.convert.recognition.recognition import Recognition, recognize_document
from tailboard.convert.repetition.repetition import Sharing, join_calls, share_code
from tailboard.convert.source import Source
from tailboard.dashboards import Dashboard, build_document
from tailboard.dashboards.data_source import PROMETHEUS
from tailboard.dashboards.document import Document
from tailboard.dashboards.passes.place import DEFAULT_SIZE, KIND_SIZES
from tailboard.dashboards.passes.stamp import TAG
from tailboard.init.python_text import WIDTH
from tailboard.publish.grafana.documents.normalize import DOCUMENT_DEFAULTS
from tailboard.queries.parser.promql import find_selectors, parse_expression

PANEL_DEPTH = 4
"""How deep a panel is indented in a row of a dashboard."""

PLAIN_DASHBOARD = Dashboard("Plain")
"""A dashboard that says nothing but its title."""

CONTENTS_FUNCTION = "build_dashboard"
MIN_STATEMENTS = 5
"""How many panels and what they share make a file in which the dashboard comes first."""

HTML_TAG = re.compile(r"<[^>]*>|&\w+;")
MAX_WORDS = 4
"""How many words of a text name its panel."""

MIN_DATA_SOURCES = 2
"""How many panels read a data source that the dashboard names for them."""

OWN_FIELDS = frozenset(
    {"annotations", "description", "links", "panels", "refresh", "tags", "templating", "title"}
)
"""The fields of a document that a dashboard has arguments for; `time` where the range ends now."""


@dataclass(frozen=True)
class Section:
    """The heading of a row, and its panels from `top` on; some panels have no heading above."""

    heading: Panel | None
    panels: Sequence[Panel]
    top: int

    @property
    def title(self) -> str:
        """The text of the heading; empty without one."""
        return str((self.heading or {}).get("title") or "")

    @property
    def is_collapsed(self) -> bool:
        """Whether the panels take no room until somebody opens the row."""
        return bool(self.heading and self.heading.get("collapsed"))

    @property
    def bottom(self) -> int:
        """Where the grid is free below the panels."""
        positions = [panel["gridPos"] for panel in self.panels]
        heights = (position["y"] + position["h"] for position in positions)
        return self.top + max(heights, default=0)


def build_statements(source: Source, *, is_plain: bool = False) -> list[Statement]:
    """The constants of a definition, and the dashboard behind them.

    A plain one neither recognises what is ready-made nor what repeats.
    """
    canonical = build_canonical(source.document)
    names = NameRegistry(list_reserved_names())
    recognition = Recognition() if is_plain else recognize_document(source, canonical, names)
    service_constants = [Constant(name, code) for name, code in recognition.constants]
    if recognition.dashboard is not None:
        return [*service_constants, Constant("dashboard", recognition.dashboard)]
    sections = _list_sections(canonical)
    data_source = _find_data_source(canonical)
    panel_codes = [_build_panels(section, recognition, data_source) for section in sections]
    all_codes = [code for codes in panel_codes for code in codes]
    variable_codes = list_variable_codes(canonical, recognition.parts, data_source)
    other_codes = [*variable_codes, *list_annotation_codes(canonical, recognition.parts)]
    sharing = Sharing(all_codes, [], other_codes)
    if not is_plain:
        sharing = share_code(all_codes, other_codes, names)
    variable_codes = sharing.others[: len(variable_codes)]
    annotation_codes = sharing.others[len(variable_codes) :]
    shared_codes = iter(sharing.codes)
    statements: list[Statement] = list(sharing.statements)
    long_count = sum(_is_long(code, PANEL_DEPTH + 1) for code in sharing.codes)
    is_contents_first = long_count + len(statements) >= MIN_STATEMENTS
    depth = PANEL_DEPTH + is_contents_first
    rows = []
    constant_names = iter(_name_panels(sections, sharing.codes, depth, names))
    for section in sections:
        codes = []
        if heading := section.title:
            statements.append(Comment(heading))
        for _ in section.panels:
            code = next(shared_codes)
            if not _is_long(code, depth):
                codes.append(code)
                continue
            name = next(constant_names)
            statements.append(Constant(name, code))
            codes.append(Name(name))
        rows.append(_build_row(section, join_calls(codes, sharing.statements)))
    lists = {
        "variables": variable_codes,
        "links": list_link_codes(canonical),
        "annotations": annotation_codes,
    }
    code = _build_dashboard(source, canonical, rows, lists, data_source)
    dashboard = Constant("dashboard", code)
    kept_statements = _drop_unused_constants([*service_constants, *statements, dashboard])
    return _put_contents_first(kept_statements) if is_contents_first else kept_statements


def _name_panels(
    sections: Sequence[Section], codes: Sequence[Code], depth: int, names: NameRegistry
) -> list[str]:
    """The names of the constants of panels; panels of one title are named for their rows too."""
    places = [(section, panel) for section in sections for panel in section.panels]
    panels = [
        (section.title, _read_title(panel), panel)
        for (section, panel), code in zip(places, codes, strict=True)
        if _is_long(code, depth)
    ]
    short_names = [build_title_identifier(title) for _, title, _ in panels]
    long_names = [build_identifier(title, "") for _, title, _ in panels]
    row_names = [(heading, name) for (heading, _, _), name in zip(panels, short_names, strict=True)]
    constants = []
    for (heading, title, panel), short_name, long_name in zip(
        panels, short_names, long_names, strict=True
    ):
        kind = str(panel.get("type"))
        texts = [f"{heading} {short_name}", f"{short_name} of {heading}", f"{heading} {title}"]
        texts += [f"{title} {kind}", f"{heading} {title} {kind}"]
        texts += [f"{title} {metric}" for metric in _list_metrics(panel)]
        if short_names.count(short_name) == 1:
            texts.insert(0, short_name)
        elif long_names.count(long_name) == 1:
            texts.insert(0, long_name)
        elif panel.get("title") and row_names.count((heading, short_name)) > 1:
            texts.insert(0, f"{short_name} {kind}")
        constants.append(names.create_constant(texts[0], "PANEL", texts[1:]))
    return constants


def _read_title(panel: Panel) -> str:
    """What a panel is called: its title, its first words, its metric and kind."""
    words = [*_list_metrics(panel)][:1]
    return str(panel.get("title") or _read_content(panel) or " ".join([*words, str(panel["type"])]))


def _is_long(code: Code, depth: int) -> bool:
    """Whether a panel takes more than a line in its row, and so a constant of its own."""
    return measure_width(render_flat(code)) + len(INDENT) * depth + 1 > WIDTH


def _find_data_source(canonical: Document) -> Panel | None:
    """What most panels of a dashboard read, if it is not the variable of ours that others read."""
    variables = [entry for entry in canonical["templating"]["list"] if entry.get("type") == "query"]
    panels = [panel for panel in list_panels(canonical["panels"]) if panel.get("targets")]
    references = [part.get("datasource") for part in (*variables, *panels)]
    if not all(isinstance(reference, dict) and reference for reference in references):
        return None
    counts = [references.count(panel["datasource"]) for panel in panels]
    if max(counts, default=0) < MIN_DATA_SOURCES or PROMETHEUS in references:
        return None
    panel = panels[counts.index(max(counts))]
    return {**panel["datasource"]}


def _put_contents_first(statements: Sequence[Statement]) -> list[Statement]:
    """The statements with the dashboard, whose rows are the contents, in a function at the top."""
    *parts, dashboard = statements
    if not isinstance(dashboard, Constant):
        return [*statements]
    function = Function(CONTENTS_FUNCTION, (), dashboard.code, "Dashboard")
    return [function, *parts, Constant(dashboard.name, Call(CONTENTS_FUNCTION))]


def _list_sections(canonical: Document) -> list[Section]:
    """The rows of a document with their places on the grid."""
    sections: list[Section] = []
    bottom = 0
    for heading, panels in split_sections(canonical["panels"]):
        section = Section(heading, panels, bottom if heading is None else bottom + 1)
        bottom = section.top if section.is_collapsed else section.bottom
        sections.append(section)
    return sections


def _drop_unused_constants(statements: Sequence[Statement]) -> list[Statement]:
    """The statements whose name a later one uses, with their headings, and the dashboard."""
    used_names = {"dashboard"}
    kept_statements: list[Statement] = []
    is_heading_needed = False
    for statement in reversed(statements):
        if isinstance(statement, Comment):
            if is_heading_needed:
                kept_statements.append(statement)
            is_heading_needed = False
        elif statement.name in used_names:
            is_heading_needed = statement.name != "dashboard"
            used_names |= set(list_statement_names(statement))
            kept_statements.append(statement)
    return kept_statements[::-1]


def _read_content(panel: Panel) -> str:
    """The first words of a panel of text, without its HTML."""
    content = (panel.get("options") or {}).get("content")
    words = HTML_TAG.sub(" ", content).split() if isinstance(content, str) else []
    return " ".join(words[:MAX_WORDS])


def _list_metrics(panel: Panel) -> Iterator[str]:
    """The metrics that a panel shows."""
    for query in panel.get("targets") or []:
        expression = query.get("expr") if isinstance(query, dict) else None
        tree = parse_expression(expression).tree if isinstance(expression, str) else None
        for selector in find_selectors(tree) if tree is not None else ():
            yield selector.name


def _build_panels(
    section: Section, recognition: Recognition, data_source: Panel | None
) -> list[Code]:
    ready_made = [recognition.find_panel(panel) for panel in section.panels]
    default_sizes = [
        KIND_SIZES.get(str(panel.get("type")), DEFAULT_SIZE) if entry is None else entry.size
        for panel, entry in zip(section.panels, ready_made, strict=True)
    ]
    sizes = find_sizes(section.panels, default_sizes, section.top)
    return [
        _build_panel(panel, entry, size, data_source)
        for panel, entry, size in zip(section.panels, ready_made, sizes, strict=True)
    ]


def _build_panel(
    panel: Panel, entry: ReadyMade | None, size: Code | None, data_source: Panel | None
) -> Code:
    if entry is None:
        fields = {key: panel[key] for key in panel if key != "gridPos"}
        return build_raw_call(fields, size, data_source)
    return entry.code if size is None else resize_ready_made(entry.code, size)


def _build_row(section: Section, codes: Sequence[Code]) -> Code:
    heading = section.heading
    if heading is None:
        return Call("Row", (Literal(""), ListCode(tuple(codes))))
    title = str(heading.get("title") or "")
    is_collapsed, repeat = section.is_collapsed, heading.get("repeat")
    if "id" in heading or not (title or is_collapsed or repeat):
        row_code = build_raw_call({key: heading[key] for key in heading if key != "collapsed"})
        return Call("Row", (Literal(""), ListCode((row_code, *codes))))
    keywords: dict[str, Code] = {}
    if is_collapsed:
        keywords["collapsed"] = Literal(value=True)
    if repeat:
        keywords["repeat"] = Literal(str(repeat))
    return Call("Row", (Literal(title), ListCode(tuple(codes))), tuple(keywords.items()))


def _build_dashboard(
    source: Source,
    canonical: Document,
    rows: Sequence[Code],
    lists: Mapping[str, Sequence[Code]],
    data_source: Panel | None,
) -> Code:
    document = source.document
    time = document.get("time") or {}
    keywords: dict[str, Code] = {
        "uid": Literal(document["uid"]),
        **_build_text("description", canonical.get("description")),
        **_build_list("tags", [Literal(tag) for tag in canonical.get("tags") or [] if tag != TAG]),
        **_build_data_source(data_source),
        "rows": ListCode(tuple(rows)),
    }
    for name, codes in lists.items():
        keywords |= _build_list(name, codes)
    arguments: dict[str, str] = {}
    if time.get("to") == "now" and {*time} == {"from", "to"} and isinstance(time["from"], str):
        arguments["time_from"] = time["from"]
    refresh = document.get("refresh")
    arguments["refresh"] = refresh if isinstance(refresh, str) else ""
    keywords |= {
        name: Literal(value)
        for name, value in arguments.items()
        if getattr(PLAIN_DASHBOARD, name) != value
    }
    if source.folder:
        keywords["folder"] = Literal(source.folder)
    if extra := _list_extra_fields(canonical, arguments):
        keywords["extra"] = build_code(extra)
    return Call("Dashboard", (Literal(document["title"]),), tuple(keywords.items()))


def _list_extra_fields(canonical: Document, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the document that a dashboard with these arguments has otherwise."""
    built = build_canonical(build_document(replace(PLAIN_DASHBOARD, **arguments)))
    names = sorted({*canonical, *built} - OWN_FIELDS)
    return {
        name: canonical.get(name, DOCUMENT_DEFAULTS.get(name))
        for name in names
        if canonical.get(name) != built.get(name)
    }


def _build_data_source(data_source: Panel | None) -> dict[str, Code]:
    if data_source is None:
        return {}
    return {"datasource": build_code(dict(sorted(data_source.items())))}


def _build_text(name: str, text: object) -> dict[str, Code]:
    return {name: Literal(text)} if isinstance(text, str) and text else {}


def _build_list(name: str, codes: Sequence[Code]) -> dict[str, Code]:
    return {name: ListCode(tuple(codes))} if codes else {}
