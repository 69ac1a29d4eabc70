"""Drawings as pages on loopback, which follow the definitions and the data."""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tailboard.cli.reports.terminal import print_message
from tailboard.panels.duration import is_duration, parse_duration
from tailboard.preview.dashboard_drawing import DashboardDrawing
from tailboard.preview.data.example_source import ExampleSource
from tailboard.preview.data.server_source import ServerSource
from tailboard.preview.pages.live_server import (
    REPORTED_ERRORS,
    LiveServer,
    LiveSite,
    follow_definitions,
    list_watched_files,
)
from tailboard.preview.pages.site import build_pages, build_shared_files, name_pages

MIN_REFRESH_SECONDS = 5.0
"""How often data is asked for at most, whatever a dashboard says."""


class ServedDrawings:
    """The files of the pages, drawn anew from definitions and data."""

    def __init__(
        self,
        draw_dashboards: Callable[[], Sequence[DashboardDrawing]],
        data_source: ServerSource | ExampleSource,
    ) -> None:
        self._draw_dashboards = draw_dashboards
        self._data_source = data_source
        self._shared_files = build_shared_files()
        self._refresh_periods: list[float] = []

    def build_files(self) -> Mapping[str, bytes]:
        """The files of all pages, with fresh data."""
        self._data_source.refresh()
        drawings = self._draw_dashboards()
        self._refresh_periods = [_read_refresh_period(drawing) for drawing in drawings]
        pages = build_pages(name_pages(drawings), is_served=True)
        return {**self._shared_files, **dict(pages)}

    def build_problem_files(self, problem: str) -> Mapping[str, bytes]:
        """The files where nothing could be drawn: an index that says why."""
        pages = build_pages([], is_served=True, problems=[problem])
        return {**self._shared_files, **dict(pages)}

    def find_refresh_period(self) -> float:
        """The seconds after which the data is old; 0 where it never is."""
        active_periods = [period for period in self._refresh_periods if period]
        return 0.0 if self._data_source.is_example else min(active_periods, default=0.0)


def serve_drawings(drawings: ServedDrawings, definitions: Sequence[Path], port: int) -> None:
    """Show the pages until Ctrl-C."""
    site = LiveSite()
    with LiveServer(site, port) as server:
        try:
            site.replace_files(drawings.build_files())
        except REPORTED_ERRORS as error:
            print_message(str(error))
            site.replace_files(drawings.build_problem_files(str(error)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print_message(f"Preview on {server.url} until Ctrl-C")
        try:
            follow_definitions(
                site,
                drawings.build_files,
                lambda: list_watched_files(definitions),
                drawings.find_refresh_period,
                print_message,
            )
        except KeyboardInterrupt:
            return
        finally:
            site.close()
            server.shutdown()


def _read_refresh_period(drawing: DashboardDrawing) -> float:
    """The seconds after which a dashboard asks for its data again; 0 where it does not."""
    text = str(drawing.view.json.get("refresh"))
    return max(parse_duration(text), MIN_REFRESH_SECONDS) if is_duration(text) else 0.0
