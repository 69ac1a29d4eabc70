"""Pages of a preview: an index, and one page for each dashboard; plain files without a server."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from tailboard.preview.colors import SURFACES, THEMES, build_chart_config
from tailboard.preview.dashboard_drawing import DashboardDrawing, PanelDrawing
from tailboard.preview.data.clean_text import clean_text, clean_texts
from tailboard.preview.pages.markdown import render_markdown
from tailboard.publish.plural import format_count

if TYPE_CHECKING:
    from jinja2 import Environment

SCRIPT_NAME, STYLE_NAME, INDEX_NAME = "preview.js", "preview.css", "index.html"
UNSAFE_NAME = re.compile(r"[^a-zA-Z0-9_-]+")


class Styles:
    """Style rules of one page: a class for each declaration, so that no element has its own."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def add(self, declaration: str) -> str:
        """The class of a declaration."""
        return self._names.setdefault(declaration, f"s{len(self._names)}")

    def render(self) -> str:
        """The rules as CSS."""
        return "".join(f".{name}{{{declaration}}}\n" for declaration, name in self._names.items())


def name_page(drawing: DashboardDrawing, number: int) -> str:
    """The file name of a dashboard's page."""
    name = UNSAFE_NAME.sub("-", drawing.view.uid or drawing.title).strip("-")[:80]
    return f"{name or f'dashboard-{number}'}.html"


def render_dashboard_page(drawing: DashboardDrawing, *, is_served: bool = False) -> str:
    """The page of a dashboard."""
    styles = Styles()
    charts: dict[str, Any] = {}
    numbers = {id(panel): f"p{number}" for number, panel in enumerate(drawing.panels)}
    for panel in drawing.panels:
        if panel.drawing.spec is not None:
            charts[numbers[id(panel)]] = {
                "spec": clean_texts(panel.drawing.spec),
                "hover": panel.drawing.hover,
            }
    environment = _build_environment()
    body = environment.get_template("dashboard.html").render(
        drawing=drawing,
        styles=styles,
        number_panel=lambda panel: numbers[id(panel)],
        grid_class=lambda panel: styles.add(_format_grid_area(panel)),
        time_range=format_time_range(drawing),
        times=[round(time * 1000) for time in (drawing.time_range.start, drawing.time_range.end)],
        title=drawing.title,
        is_served=is_served,
    )
    return _render_page(
        drawing.title, body, styles, charts, is_example=drawing.is_example, is_served=is_served
    )


def render_index_page(
    drawings: Iterable[tuple[str, DashboardDrawing]],
    *,
    is_served: bool = False,
    problems: Sequence[str] = (),
) -> str:
    """The list of all dashboards; each with the name of its page."""
    entries = list(drawings)
    styles = Styles()
    body = (
        _build_environment()
        .get_template("index.html")
        .render(entries=entries, is_served=is_served, problems=problems)
    )
    is_example = any(drawing.is_example for _, drawing in entries)
    return _render_page("Dashboards", body, styles, {}, is_example=is_example, is_served=is_served)


@cache  # bundling takes a second
def build_script() -> str:
    """The JavaScript of all pages: Vega with Vega-Lite, and what draws with it."""
    import vl_convert

    library = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    own = _read_template("preview.js")
    return f"(function () {{\n{library}\n}})();\n{own}"


def build_style() -> str:
    """The style sheet of all pages."""
    themes = {
        theme: "".join(f"--{name}:{color};" for name, color in SURFACES[theme].items())
        for theme in THEMES
    }
    return (
        f":root{{{themes['dark']}color-scheme:dark}}\n"
        f"@media (prefers-color-scheme:light){{:root{{{themes['light']}color-scheme:light}}}}\n"
        f":root[data-theme=dark]{{{themes['dark']}color-scheme:dark}}\n"
        f":root[data-theme=light]{{{themes['light']}color-scheme:light}}\n"
        + _read_template("preview.css")
    )


def render_template(name: str, **values: Any) -> str:
    """A template of ours, with every value escaped."""
    return _build_environment().get_template(name).render(**values)


def format_time_range(drawing: DashboardDrawing) -> str:
    """From when to when, in UTC."""
    start, end = (
        datetime.fromtimestamp(time, UTC)
        for time in (drawing.time_range.start, drawing.time_range.end)
    )
    end_format = "%H:%M" if start.date() == end.date() else "%Y-%m-%d %H:%M"
    return f"{start:%Y-%m-%d %H:%M} – {end.strftime(end_format)} UTC"


def _render_page(
    title: str,
    body: str,
    styles: Styles,
    charts: Mapping[str, Any],
    *,
    is_example: bool,
    is_served: bool,
) -> str:
    css = styles.render()
    themes = {theme: build_chart_config(theme) for theme in THEMES}
    return (
        _build_environment()
        .get_template("page.html")
        .render(
            title=title,
            body=_trust_markup(body),
            css=_trust_markup(css),
            policy=_build_policy(css, is_served=is_served),
            charts=_trust_markup(_encode_json(charts)),
            themes=_trust_markup(_encode_json(themes)),
            is_example=is_example,
            is_served=is_served,
            script_name=SCRIPT_NAME,
            style_name=STYLE_NAME,
        )
    )


def _build_policy(css: str, *, is_served: bool) -> str:
    """The content security policy: nothing but our own two files and this page's rules."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode("ascii")
    connect = "connect-src 'self'; " if is_served else ""
    return (
        "default-src 'none'; script-src 'self'; "
        f"style-src 'self' 'sha256-{digest}'; {connect}base-uri 'none'; form-action 'none'"
    )


def _encode_json(value: Any) -> str:
    """JSON that ends no element of HTML."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _format_grid_area(panel: PanelDrawing) -> str:
    place = panel.place
    row, column = place.y + 1, place.x + 1
    return f"grid-area:{row}/{column}/{row + place.height}/{column + place.width}"


@cache
def _read_template(name: str) -> str:
    return (files("tailboard.preview.pages") / "templates" / name).read_text("utf-8")


@cache
def _build_environment() -> "Environment":
    from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound

    class PackageTemplates(BaseLoader):
        def get_source(self, _: Environment, template: str) -> tuple[str, None, None]:
            try:
                return _read_template(template), None, None
            except OSError as error:
                raise TemplateNotFound(template) from error

    environment = Environment(
        loader=PackageTemplates(),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=lambda value: clean_text(value) if type(value) is str else value,
    )
    environment.filters["count_of"] = format_count
    environment.filters["markdown"] = _render_safe_markdown
    environment.globals["trust"] = _trust_markup
    return environment


def _render_safe_markdown(text: str) -> Any:
    return _trust_markup(render_markdown(clean_text(text)))  # HTML in it is escaped


def _trust_markup(text: str) -> Any:
    """A text that is markup already: made by us, or by Vega."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - made by us or by Vega
