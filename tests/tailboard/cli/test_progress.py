"""A bar is drawn for who looks, once there is something to look at."""

import io

import pytest

from tailboard.cli.reports.progress import MIN_COUNT, BuildProgress


class Terminal(io.StringIO):
    """A stderr that says it is one."""

    def isatty(self) -> bool:
        return True


def show_progress(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, dashboards: int) -> str:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", stream)
    with BuildProgress("Building", 2) as progress:
        for _ in range(dashboards):
            progress.count_dashboard()
        progress.count_definition()
    return stream.getvalue()


def test_many_dashboards_are_counted_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = show_progress(monkeypatch, Terminal(), MIN_COUNT)
    assert "Building" in drawn
    assert f"{MIN_COUNT} dashboards" in drawn
    assert "1 of 2 definitions" in drawn


def test_few_dashboards_are_built_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    assert show_progress(monkeypatch, Terminal(), MIN_COUNT - 1) == ""


def test_where_nobody_looks_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    assert show_progress(monkeypatch, io.StringIO(), 10 * MIN_COUNT) == ""
