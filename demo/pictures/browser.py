"""A headless browser that photographs pages."""

import base64
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
WIDTH = 1472
PAGE_HEIGHT = 3600
"""So high that a page draws all of its panels, not only those that a reader would see first."""

LOAD_MILLISECONDS = 120_000
POLL_MILLISECONDS, QUIET_POLLS = 1_000, 4
GRAFANA_PANEL = "[data-viz-panel-key]"

COUNT_LOADING_PANELS = """() => {
  const isLoading = (panel) => panel.querySelector("[aria-label='Panel loading bar']")
    || !panel.querySelector("[data-testid='data-testid panel content']")?.childElementCount;
  return [...document.querySelectorAll("[data-viz-panel-key]")].filter(isLoading).length;
}"""
"""A panel waits for its data, or for the program that draws its kind."""


def find_browser() -> str | None:
    """The path of a browser, if this machine has one."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextmanager
def open_browser(program: str) -> Iterator["Browser"]:
    """A browser without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def open_page(browser: "Browser", address: str, *, theme: str, password: str = "") -> "Page":
    """A page that has drawn everything; with a password as Grafana's administrator."""
    token = base64.b64encode(f"admin:{password}".encode()).decode("ascii")
    page = browser.new_page(
        viewport={"width": WIDTH, "height": PAGE_HEIGHT},
        color_scheme="light" if theme == "light" else "dark",
        locale="en-GB",
        extra_http_headers={"Authorization": f"Basic {token}"} if password else {},
    )
    page.goto(address, timeout=LOAD_MILLISECONDS, wait_until="domcontentloaded")
    if urlsplit(address).scheme == "file":
        page.wait_for_selector("html[data-drawn]", timeout=LOAD_MILLISECONDS)
        return page
    page.locator(GRAFANA_PANEL).first.wait_for(timeout=LOAD_MILLISECONDS)
    wait_for_panels(page)
    return page


def wait_for_panels(page: "Page") -> None:
    """Wait until no panel of Grafana loads any more, or for as long as a page may take."""
    quiet_polls = 0
    for _ in range(LOAD_MILLISECONDS // POLL_MILLISECONDS):
        page.wait_for_timeout(POLL_MILLISECONDS)
        quiet_polls = 0 if page.evaluate(COUNT_LOADING_PANELS) else quiet_polls + 1
        if quiet_polls == QUIET_POLLS:
            return


def take_screenshot(
    browser: "Browser", address: str, path: Path, *, theme: str, password: str = ""
) -> None:
    """Photograph a page from its top to `PAGE_HEIGHT`."""
    page = open_page(browser, address, theme=theme, password=password)
    page.screenshot(path=path)
    page.close()


def read_password() -> str:
    """The password of the demo's Grafana."""
    return os.environ.get("GRAFANA_ADMIN_PASSWORD") or "tailboard"
