"""A preview as files: the pages, what they share, and the pictures."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import PurePosixPath

from tailboard.preview.colors import Theme
from tailboard.preview.dashboard_drawing import DashboardDrawing, PanelDrawing
from tailboard.preview.pages.page import (
    INDEX_NAME,
    SCRIPT_NAME,
    STYLE_NAME,
    UNSAFE_NAME,
    build_script,
    build_style,
    name_page,
    render_dashboard_page,
    render_index_page,
)
from tailboard.preview.pages.picture import convert_to_png, render_panel_picture, render_picture
from tailboard.publish.errors import TailboardError
from tailboard.publish.formats.format import File

PACKAGES = {"jinja2": "Jinja2", "markdown_it": "markdown-it-py", "vl_convert": "vl-convert-python"}
"""The packages that drawing needs besides the program's own, by the name of their module."""


@dataclass(frozen=True)
class PictureOptions:
    """Which pictures are made; of the panels with a title, where one is named."""

    suffixes: tuple[str, ...] = ()
    panel: str = ""
    theme: Theme = "light"
    scale: float = 1.0


def require_packages() -> None:
    """Raise where a package is missing that drawing needs."""
    missing = [name for module, name in PACKAGES.items() if find_spec(module) is None]
    if missing:
        raise TailboardError(
            f"drawing needs {' and '.join(missing)}, which are not installed"
            if len(missing) > 1
            else f"drawing needs {missing[0]}, which is not installed",
            tip="pip install 'tailboard[preview]'",
        )


def name_pages(drawings: Iterable[DashboardDrawing]) -> list[tuple[str, DashboardDrawing]]:
    """Each dashboard with the name of its page; no two share one."""
    pages: dict[str, DashboardDrawing] = {}
    for number, drawing in enumerate(drawings):
        name = name_page(drawing, number)
        while name in pages or name == INDEX_NAME:
            name = f"{name.removesuffix('.html')}-{number}.html"
        pages[name] = drawing
    return list(pages.items())


def build_pages(
    pages: Sequence[tuple[str, DashboardDrawing]],
    *,
    is_served: bool = False,
    problems: Sequence[str] = (),
) -> Iterator[tuple[str, bytes]]:
    """The index and the page of each dashboard."""
    index = render_index_page(pages, is_served=is_served, problems=problems)
    yield INDEX_NAME, index.encode()
    for name, drawing in pages:
        yield name, render_dashboard_page(drawing, is_served=is_served).encode()


def build_shared_files() -> Mapping[str, bytes]:
    """What all pages load."""
    return {SCRIPT_NAME: build_script().encode(), STYLE_NAME: build_style().encode()}


def build_pictures(
    pages: Sequence[tuple[str, DashboardDrawing]], options: PictureOptions
) -> Iterator[File]:
    """The pictures of the dashboards, or of the panels that the options name."""
    if not options.suffixes:
        return
    panel_count = 0
    for page_name, drawing in pages:
        name = page_name.removesuffix(".html")
        if not options.panel:
            yield from _convert_picture(name, render_picture(drawing, options.theme), options)
            continue
        for number, panel in enumerate(_find_panels(drawing, options.panel)):
            panel_count += 1
            title = UNSAFE_NAME.sub("-", panel.title).strip("-").lower()[:60] or "panel"
            svg = render_panel_picture(panel, options.theme, is_example=drawing.is_example)
            suffix = f"-{number + 1}" if number else ""
            yield from _convert_picture(f"{name}-{title}{suffix}", svg, options)
    if options.panel and not panel_count:
        from tailboard.panels.definition_error import suggest_name

        titles = {panel.title for _, drawing in pages for panel in drawing.panels if panel.title}
        raise TailboardError(
            f"no dashboard has a panel {options.panel!r}", tip=suggest_name(options.panel, titles)
        )


def _find_panels(drawing: DashboardDrawing, title: str) -> list[PanelDrawing]:
    return [panel for panel in drawing.panels if panel.title.casefold() == title.casefold()]


def _convert_picture(name: str, svg: str, options: PictureOptions) -> Iterator[File]:
    for suffix in options.suffixes:
        content = svg.encode() if suffix == "svg" else convert_to_png(svg, options.scale)
        yield File(PurePosixPath(f"{name}.{suffix}"), content)
