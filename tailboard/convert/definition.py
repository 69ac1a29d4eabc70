"""From a document to the statements of its definition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tailboard.convert.canonical import Panel, build_canonical, split_sections
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
    Statement,
    list_reserved_names,
    list_statement_names,
)
from tailboard.convert.names import NameRegistry
from tailboard.convert.panel_code import build_raw_call
from tailboard.convert.parts import (
    list_annotation_codes,
    list_link_codes,
    list_variable_codes,
)
from tailboard.convert.recognition.near_miss import resize_ready_made
from tailboard.convert.recognition.ready_made import ReadyMade
from tailboard.convert.recognition.recognition import Recognition, recognize_document
from tailboard.convert.repetition import Sharing, join_calls, share_code
from tailboard.convert.source import Source
from tailboard.dashboards import Dashboard, build_document
from tailboard.dashboards.document import Document
from tailboard.dashboards.passes.place import DEFAULT_SIZE, KIND_SIZES
from tailboard.dashboards.passes.stamp import TAG
from tailboard.init.python_text import WIDTH
from tailboard.publish.grafana.documents.normalize import DOCUMENT_DEFAULTS

PANEL_DEPTH = 4
"""How deep a panel is indented in a row of a dashboard."""

PLAIN_DASHBOARD = Dashboard("Plain")
"""A dashboard that says nothing but its title."""

OWN_FIELDS = frozenset(
    {"annotations", "description", "links", "panels", "refresh", "tags", "templating", "title"}
)
"""The fields of a document that a dashboard has arguments for; `time` as far as it ends now."""


@dataclass(frozen=True)
class Section:
    """The heading of a row, and its panels from `top` on; some panels have no heading above."""

    heading: Panel | None
    panels: Sequence[Panel]
    top: int

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
    panel_codes = [_build_panels(section, recognition) for section in sections]
    all_codes = [code for codes in panel_codes for code in codes]
    sharing = Sharing(all_codes, []) if is_plain else share_code(all_codes, names)
    shared_codes = iter(sharing.codes)
    statements: list[Statement] = list(sharing.statements)
    rows = []
    for section in sections:
        codes = []
        if heading := str((section.heading or {}).get("title") or ""):
            statements.append(Comment(heading))
        for panel in section.panels:
            code = next(shared_codes)
            if measure_width(render_flat(code)) + len(INDENT) * PANEL_DEPTH + 1 <= WIDTH:
                codes.append(code)
                continue
            kind = str(panel.get("type"))
            title = str(panel.get("title") or kind)
            alternatives = [f"{heading} {title}", f"{title} {kind}", f"{heading} {title} {kind}"]
            name = names.create_constant(title, "PANEL", alternatives)
            statements.append(Constant(name, code))
            codes.append(Name(name))
        rows.append(_build_row(section, join_calls(codes)))
    dashboard = Constant("dashboard", _build_dashboard(source, canonical, rows, recognition.parts))
    return _drop_unused_constants([*service_constants, *statements, dashboard])


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


def _build_panels(section: Section, recognition: Recognition) -> list[Code]:
    ready_made = [recognition.find_panel(panel) for panel in section.panels]
    default_sizes = [
        KIND_SIZES.get(str(panel.get("type")), DEFAULT_SIZE) if entry is None else entry.size
        for panel, entry in zip(section.panels, ready_made, strict=True)
    ]
    sizes = find_sizes(
        section.panels, default_sizes, section.top, is_collapsed=section.is_collapsed
    )
    return [
        _build_panel(panel, entry, size)
        for panel, entry, size in zip(section.panels, ready_made, sizes, strict=True)
    ]


def _build_panel(panel: Panel, entry: ReadyMade | None, size: Code | None) -> Code:
    if entry is None:
        return build_raw_call({key: panel[key] for key in panel if key != "gridPos"}, size)
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
    parts: Sequence[tuple[Code, Any]],
) -> Code:
    document = source.document
    time = document.get("time") or {}
    keywords: dict[str, Code] = {
        "uid": Literal(document["uid"]),
        **_build_text("description", canonical.get("description")),
        **_build_list("tags", [Literal(tag) for tag in canonical.get("tags") or [] if tag != TAG]),
        **_build_list("variables", list_variable_codes(canonical, parts)),
        **_build_list("links", list_link_codes(canonical)),
        **_build_list("annotations", list_annotation_codes(canonical, parts)),
    }
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
    keywords["rows"] = ListCode(tuple(rows))
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


def _build_text(name: str, text: object) -> dict[str, Code]:
    return {name: Literal(text)} if isinstance(text, str) and text else {}


def _build_list(name: str, codes: Sequence[Code]) -> dict[str, Code]:
    return {name: ListCode(tuple(codes))} if codes else {}
