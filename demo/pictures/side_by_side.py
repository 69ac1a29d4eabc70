"""Each panel in Grafana, and beside it in the preview, with the same data."""

import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson
import requests

from demo.pictures.browser import GRAFANA_PANEL, open_browser, open_page, read_password
from demo.pictures.every_kind import UID, build_document

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
MINUTES = 15
SETTLING_SECONDS = 30
"""How long after its end a range is photographed: nothing in it changes any more."""

STYLE = """
body{font:14px sans-serif;margin:16px}
section{display:flex;gap:12px;align-items:start;margin-bottom:20px}
section>*{flex:none}
h2{font-size:14px;margin:0 0 4px}
section div{border:1px solid #bbb}
"""


@dataclass(frozen=True)
class PanelCut:
    """Where a panel is in the picture of its dashboard, and its title."""

    title: str
    picture: str
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class PanelPair:
    """A panel of the preview, and what Grafana shows of it, unless it is in a closed row."""

    preview: PanelCut
    grafana: PanelCut | None


def compare_dashboards(
    program: str,
    grafana: str,
    prometheus: str,
    theme: str,
    folder: Path,
    uids: Collection[str] = (),
) -> Path:
    """Photograph every panel of the demo's dashboards, and of one with every kind.

    With uids, of these alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    end = int(time.time()) - SETTLING_SECONDS
    start = end - 60 * MINUTES
    document = build_document()
    path = folder / f"{UID}.json"
    path.write_bytes(orjson.dumps(document))
    draw_previews(prometheus, start, end, path, folder / "preview")
    pages = sorted((folder / "preview").glob("*.html"))
    sections = []
    with open_browser(program) as browser, stored_dashboard(grafana, document):
        for page in pages:
            if page.stem == "index" or (uids and page.stem not in uids):
                continue
            query = f"kiosk&theme={theme}&from={start * 1000}&to={end * 1000}"
            address = f"{grafana.rstrip('/')}/d/{page.stem}?{query}"
            pairs = photograph_panels(browser, page.stem, address, page, theme, folder)
            click.echo(f"{page.stem}: {len(pairs)} panels")
            sections.append((page.stem, pairs))
    index = folder / "index.html"
    index.write_text(render_page(sections), "utf-8")
    return index


def draw_previews(prometheus: str, start: int, end: int, path: Path, folder: Path) -> None:
    """Write the pages of the demo's dashboards and of a document."""
    command = [
        *(sys.executable, "-m", "tailboard", "preview", "definitions", str(path)),
        *(f"--prometheus={prometheus}", f"--from={start}", f"--to={end}", f"--out={folder}"),
    ]
    subprocess.run(command, cwd=ROOT, check=True)


@contextmanager
def stored_dashboard(grafana: str, document: dict[str, Any]) -> Iterator[None]:
    """A dashboard that Grafana has for a while."""
    credentials = ("admin", read_password())
    url = f"{grafana.rstrip('/')}/api/dashboards"
    body = {"dashboard": document, "overwrite": True}
    requests.post(f"{url}/db", json=body, auth=credentials, timeout=30).raise_for_status()
    try:
        yield
    finally:
        requests.delete(f"{url}/uid/{document['uid']}", auth=credentials, timeout=30)


def photograph_panels(
    browser: "Browser", uid: str, address: str, preview: Path, theme: str, folder: Path
) -> list[PanelPair]:
    """A picture of one dashboard each, and where the panels are in it, as the preview has them."""
    page = open_page(browser, address, theme=theme, password=read_password())
    page.screenshot(path=folder / f"{uid}-grafana.png")
    in_grafana = find_panels(page, GRAFANA_PANEL, "vizPanelKey", f"{uid}-grafana.png")
    page.close()
    page = open_page(browser, preview.as_uri(), theme=theme)
    page.screenshot(path=folder / f"{uid}-preview.png")
    in_preview = find_panels(page, "article.panel", "name", f"{uid}-preview.png")
    page.close()
    return [PanelPair(cut, in_grafana.get(name)) for name, cut in in_preview.items()]


def find_panels(page: "Page", selector: str, attribute: str, picture: str) -> dict[str, PanelCut]:
    """The places of the panels of a page, by their names; of repeated ones the first."""
    cuts: dict[str, PanelCut] = {}
    for element in page.locator(selector).all():
        name = str(element.evaluate(f"element => element.dataset.{attribute}"))
        box = element.bounding_box() if element.is_visible() else None
        if box and name not in cuts:
            title = element.locator("h2, h3").first
            cuts[name] = PanelCut(
                title.inner_text() if title.count() else name,
                picture,
                *(round(box[side]) for side in ("x", "y", "width", "height")),
            )
    return cuts


def render_page(sections: list[tuple[str, list[PanelPair]]]) -> str:
    """All pairs one below another."""
    parts = []
    for uid, pairs in sections:
        parts.append(f"<h1>{escape(uid)}: Grafana, and the preview</h1>")
        for pair in pairs:
            cuts = "".join(map(render_cut, (pair.grafana, pair.preview)))
            parts.append(f"<h2>{escape(pair.preview.title)}</h2><section>{cuts}</section>")
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{''.join(parts)}"


def render_cut(cut: PanelCut | None) -> str:
    """A part of a picture, at its size."""
    if cut is None:
        return "<p>not shown, or in a closed row</p>"
    picture = f"url({escape(cut.picture)}) -{cut.left}px -{cut.top}px"
    return f'<div style="background:{picture};width:{cut.width}px;height:{cut.height}px"></div>'
