"""Previews of the library in a real browser, with the data of real applications."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tailboard.dashboards import build_document
from tailboard.dashboards.library import build_library
from tailboard.panels import Objectives, Service
from tailboard.preview.dashboard_drawing import DashboardDrawing, PreviewOptions, draw_dashboard
from tailboard.preview.data.server_source import ServerSource
from tailboard.preview.data.units import format_value
from tailboard.preview.pages.page import render_dashboard_page
from tailboard.preview.pages.site import build_pages, build_shared_files, name_pages
from tailboard.prometheus.client.server import PrometheusServer, connect_prometheus
from tailboard.prometheus.variables.intervals import read_intervals
from tests.live.environment.test_library_has_data import CONVENTIONS
from tests.live.live_environment import LiveEnvironment
from tests.required_programs import require_program

APPS = ("prometheus_client_fastapi", "django_prometheus", "otel_stable", "celery_flower")
WIDTH, HEIGHT = 1500, 1000
DRAW_TIMEOUT = 120_000
"""Milliseconds until a page has drawn all its charts, on a machine that does much else."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        program = require_program("chromium", "chromium")
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Visit:
    """A page, what it wrote to the console, and what it asked for."""

    def __init__(self, browser: Browser, path: Path) -> None:
        self.messages: list[str] = []
        self.schemes: set[str] = set()
        self.page: Page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.route("**/*", self._follow)
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("html[data-drawn]", timeout=DRAW_TIMEOUT)

    def _follow(self, route: Route) -> None:
        self.schemes.add(urlsplit(route.request.url).scheme)
        route.continue_()

    def wait_until_drawn(self, count: int) -> None:
        """Wait for so many charts; the page's policy lets nobody evaluate a condition in it."""
        expect(self.page.locator(".chart[data-drawn] canvas")).to_have_count(
            count, timeout=DRAW_TIMEOUT
        )

    def count(self, selector: str) -> int:
        return self.page.locator(selector).count()


def build_drawings(
    app: str, environment: LiveEnvironment, start: str = "now-1h"
) -> list[DashboardDrawing]:
    with connect_prometheus(environment.prometheus.url) as server:
        source = ServerSource(server, read_intervals(server))
        service = Service(
            "shop",
            {"job": environment.jobs[app]["busy"]},
            CONVENTIONS[app],
            Objectives(latency={0.99: 1.0}, availability=0.999),
        )
        return [
            draw_dashboard(build_document(dashboard), source, PreviewOptions(start))
            for dashboard in build_library([service])
        ]


def write_site(folder: Path, drawings: list[DashboardDrawing]) -> dict[str, DashboardDrawing]:
    pages = name_pages(drawings)
    for name, content in (*build_shared_files().items(), *build_pages(pages)):
        (folder / name).write_bytes(content)
    return dict(pages)


@pytest.mark.parametrize("app", APPS)
def test_every_panel_of_the_library_is_drawn(
    live_environment: LiveEnvironment, browser: Browser, tmp_path: Path, app: str
) -> None:
    for name, drawing in write_site(tmp_path, build_drawings(app, live_environment)).items():
        visit = Visit(browser, tmp_path / name)
        for row in visit.page.locator("details.row:not([open]) > summary").all():
            row.click()
        visit.wait_until_drawn(sum(panel.drawing.spec is not None for panel in drawing.panels))
        assert visit.count("article.panel") == len(drawing.panels)
        assert visit.messages == []
        assert visit.schemes == {"file"}
        visit.page.close()


def test_the_value_under_the_pointer_is_that_of_prometheus(
    live_environment: LiveEnvironment, browser: Browser, tmp_path: Path
) -> None:
    drawings = build_drawings(APPS[0], live_environment, "now-2m")
    (tmp_path / "site").mkdir()
    pages = write_site(tmp_path / "site", drawings)
    name, number, panel = next(
        (name, number, panel)
        for name, drawing in pages.items()
        for number, panel in enumerate(drawing.panels)
        if panel.title == "Latency percentiles"
    )
    visit = Visit(browser, tmp_path / "site" / name)
    box = visit.page.locator(f"#p{number}").bounding_box()
    assert box
    visit.page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    visit.page.wait_for_selector("#tip:not([hidden])")
    texts = visit.page.locator("#tip tr").all_inner_texts()
    shown = dict(text.split("\t") for text in texts)
    assert panel.drawing.spec is not None
    times = panel.drawing.spec["datasets"]["series"][0]["t"]
    heading = visit.page.locator("#tip div").inner_text()
    (time,) = [
        time
        for time in times
        if visit.page.evaluate(
            "(time) => new Date(time).toLocaleString(undefined, {hour12: false})", time
        )
        == heading
    ]
    with connect_prometheus(live_environment.prometheus.url) as server:
        expected = {
            query.legend: format_value(ask(server, query.request, time / 1000), "s")
            for query in panel.queries
        }
    assert shown == expected
    visit.page.close()


def ask(server: PrometheusServer, request: Any, time: float) -> float:
    (series,) = server.query_instant(request.expression, time=time).series
    return series.points[-1][1]


def test_hostile_titles_run_nothing(browser: Browser, tmp_path: Path) -> None:
    from tests.tailboard.preview.table_source import TableSource
    from tests.tailboard.preview.test_pages import HOSTILE_TEXTS, build_hostile_document

    for name, content in build_shared_files().items():
        (tmp_path / name).write_bytes(content)
    for number, text in enumerate(HOSTILE_TEXTS):
        source = TableSource({text: [1.0, 2.0]})
        page = render_dashboard_page(draw_dashboard(build_hostile_document(text), source))
        path = tmp_path / f"{number}.html"
        path.write_text(page, "utf-8")
        visit = Visit(browser, path)
        visit.page.locator(".chart").first.hover()
        assert visit.messages == []
        assert visit.schemes == {"file"}
        visit.page.close()


def test_the_theme_is_changed_and_remembered(browser: Browser, tmp_path: Path) -> None:
    from tailboard.preview.data.example_source import ExampleSource
    from tests.tailboard.preview.documents import build_dashboard, build_panel

    drawing = draw_dashboard(build_dashboard(build_panel()), ExampleSource())
    write_site(tmp_path, [drawing])
    visit = Visit(browser, tmp_path / "orders.html")
    before = visit.page.evaluate("document.documentElement.dataset.theme")
    visit.page.click("#theme")
    visit.wait_until_drawn(1)
    after = visit.page.evaluate("document.documentElement.dataset.theme")
    assert {before, after} == {"dark", "light"}
    visit.page.reload()
    assert visit.page.evaluate("document.documentElement.dataset.theme") == after
    visit.page.close()
