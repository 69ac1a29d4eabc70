"""Pictures of the demo's dashboards for the README and the handbook: `python -m demo.pictures`.

From a Grafana they are taken with a headless browser, without one they are drawn by
`tailboard preview`. The demo has to run for some minutes before, so that there is a past to see.
"""

import base64
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import click

from demo.addresses import HOST, PORTS, is_reachable
from demo.palette_png import reduce_colors

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
UIDS = {
    "overview": "orders-overview",
    "objectives": "orders-slo",
    "routes": "orders-routes",
    "database": "orders-database",
}
"""The name of each picture, and the dashboard that it shows."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTH, HEIGHT = 1472, 1500
TIME_RANGE = "now-15m"
MAX_BYTES = 200 * 1024
BROWSER_SECONDS = 120
DRAWING_SECONDS = 10
"""How long a page draws after it has loaded everything, on a machine that does much else."""


@click.command()
@click.option(
    "--prometheus",
    default=f"http://{HOST}:{PORTS['prometheus']}",
    show_default=True,
    help="The demo's Prometheus.",
)
@click.option("--grafana", help="A Grafana with the demo's dashboards, to photograph instead.")
@click.option("--theme", type=click.Choice(["dark", "light"]), default="light", show_default=True)
def main(prometheus: str, grafana: str | None, theme: str) -> None:
    """Draw the dashboards of the running demo into docs/images/.

    \b
    Example:
      make demo           # in another terminal, for a quarter of an hour
      python -m demo.pictures
    """
    address = urlsplit(grafana or prometheus)
    if not is_reachable(f"{address.hostname}:{address.port or 80}"):
        raise click.ClickException(
            f"nothing answers at {address.hostname}:{address.port}. Start the demo first: make demo"
        )
    IMAGES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="tailboard-pictures-") as folder:
        draw_previews(prometheus, theme, Path(folder))
        for name, uid in UIDS.items():
            path = Path(folder) / f"{uid}.png"
            if grafana:
                query = f"kiosk&theme={theme}&from={TIME_RANGE}&to=now"
                page = f"{grafana.rstrip('/')}/d/{uid}?{query}"
                take_screenshot(page, path, password=read_password())
            write_picture(path, IMAGES / f"{name}.png")
        take_screenshot((Path(folder) / "orders-overview.html").as_uri(), path)
        write_picture(path, IMAGES / "preview.png")


def draw_previews(prometheus: str, theme: str, folder: Path) -> None:
    """Write the pages and pictures of the demo's dashboards."""
    command = [
        *(sys.executable, "-m", "tailboard", "preview"),
        *(f"--prometheus={prometheus}", f"--from={TIME_RANGE}"),
        *("--png", f"--theme={theme}", f"--out={folder}"),
    ]
    subprocess.run(command, cwd=ROOT, check=True)


def take_screenshot(address: str, path: Path, *, password: str = "") -> None:
    """Photograph a page with a headless browser, in Grafana as its administrator."""
    from playwright.sync_api import sync_playwright

    browser_path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser_path is None:
        raise click.ClickException("no browser to take pictures with: apt install chromium")
    token = base64.b64encode(f"admin:{password}".encode()).decode("ascii")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT},
            extra_http_headers={"Authorization": f"Basic {token}"} if password else {},
        )
        page.goto(address, timeout=1000 * BROWSER_SECONDS)
        page.wait_for_load_state("networkidle", timeout=1000 * BROWSER_SECONDS)
        page.wait_for_timeout(1000 * DRAWING_SECONDS)
        page.screenshot(path=path)
        browser.close()


def read_password() -> str:
    """The password of the demo's Grafana."""
    return os.environ.get("GRAFANA_ADMIN_PASSWORD") or "tailboard"


def write_picture(source: Path, target: Path) -> None:
    """Copy a picture with fewer colours and, where it is long, only its upper part."""
    content = reduce_colors(source.read_bytes(), max_height=HEIGHT)
    if len(content) > MAX_BYTES:
        raise click.ClickException(f"{target.name} takes {len(content) // 1024} KiB")
    target.write_bytes(content)
    click.echo(f"{target.relative_to(ROOT)}: {len(content) // 1024} KiB")


if __name__ == "__main__":
    main()
