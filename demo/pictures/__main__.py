"""Pictures of the demo's dashboards for the README and the handbook: `python -m demo.pictures`.

From a Grafana they are taken with a headless browser, without one they are drawn by
`tailboard preview`. The demo has to run for some minutes before, so that there is a past to see.
"""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import requests

from demo.addresses import HOST, PORTS
from demo.pictures.browser import find_browser, open_browser, read_password, take_screenshot
from demo.pictures.colors import reduce_colors
from demo.pictures.side_by_side import compare_dashboards

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"
UIDS = {
    "overview": "orders-overview",
    "objectives": "orders-slo",
    "routes": "orders-routes",
    "database": "orders-database",
}
"""The name of each picture, and the dashboard that it shows."""

PREVIEW_UID = "orders-overview"
MAX_HEIGHT = 1500
TIME_RANGE = "now-15m"
MAX_BYTES = 200 * 1024
PROMETHEUS_PATH, GRAFANA_PATH = "-/ready", "api/health"
"""Where each says that it is there."""


@click.command()
@click.option(
    "--prometheus",
    default=f"http://{HOST}:{PORTS['prometheus']}",
    show_default=True,
    help="The demo's Prometheus.",
)
@click.option(
    "--grafana",
    default=f"http://{HOST}:{PORTS['grafana']}",
    show_default=True,
    help="The demo's Grafana; where none answers, `tailboard preview` draws.",
)
@click.option("--theme", type=click.Choice(["dark", "light"]), default="light", show_default=True)
@click.option(
    "--side-by-side",
    "comparison",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write a page there instead: each panel in Grafana, and beside it in the preview.",
)
@click.option(
    "--dashboard",
    "uids",
    metavar="UID",
    multiple=True,
    help="With --side-by-side: only this one; may be repeated.",
)
def main(
    prometheus: str, grafana: str, theme: str, comparison: Path | None, uids: tuple[str, ...]
) -> None:
    """Photograph the dashboards of the running demo into docs/images/.

    \b
    Example:
      make demo           # in another terminal, for a quarter of an hour
      python -m demo.pictures
    """
    require_server(prometheus, PROMETHEUS_PATH)
    program = find_browser()
    if comparison:
        require_server(grafana, GRAFANA_PATH)
        if program is None:
            raise click.ClickException("no browser to take pictures with: apt install chromium")
        page = compare_dashboards(program, grafana, prometheus, theme, comparison, uids)
        click.echo(f"Open {page}")
        return
    has_grafana = program is not None and is_running(grafana, GRAFANA_PATH)
    click.echo(f"The dashboards {f'in {grafana}' if has_grafana else 'as previews'}:")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tailboard-pictures-")))
        draw_previews(prometheus, theme, folder)
        browser = stack.enter_context(open_browser(program)) if program else None
        for name, uid in UIDS.items():
            path = folder / f"{uid}.png"
            if browser and has_grafana:
                query = f"kiosk&_dash.hideTimePicker&theme={theme}&from={TIME_RANGE}&to=now"
                address = f"{grafana.rstrip('/')}/d/{uid}?{query}"
                take_screenshot(browser, address, path, theme=theme, password=read_password())
            write_picture(path, IMAGES / f"{name}.png")
        path = folder / f"{PREVIEW_UID}.png"
        if browser:
            address = (folder / f"{PREVIEW_UID}.html").as_uri()
            take_screenshot(browser, address, path, theme=theme)
        write_picture(path, IMAGES / "preview.png")


def require_server(url: str, path: str) -> None:
    """Refuse to begin without the demo."""
    if not is_running(url, path):
        raise click.ClickException(f"nothing answers at {url}. Start the demo first: make demo")


def is_running(url: str, path: str) -> bool:
    """Whether a server says at a path that all is well."""
    try:
        return requests.get(f"{url.rstrip('/')}/{path}", timeout=10).ok
    except requests.RequestException:
        return False


def draw_previews(prometheus: str, theme: str, folder: Path) -> None:
    """Write the pages and pictures of the demo's dashboards."""
    command = [
        *(sys.executable, "-m", "tailboard", "preview"),
        *(f"--prometheus={prometheus}", f"--from={TIME_RANGE}"),
        *("--png", f"--theme={theme}", f"--out={folder}"),
    ]
    subprocess.run(command, cwd=ROOT, check=True)


def write_picture(source: Path, target: Path) -> None:
    """Copy a picture with fewer colours and, where it is long, only its upper part."""
    content = reduce_colors(source.read_bytes(), max_height=MAX_HEIGHT)
    if len(content) > MAX_BYTES:
        raise click.ClickException(f"{target.name} takes {len(content) // 1024} KiB")
    target.write_bytes(content)
    click.echo(f"{target.relative_to(ROOT)}: {len(content) // 1024} KiB")


if __name__ == "__main__":
    main()
