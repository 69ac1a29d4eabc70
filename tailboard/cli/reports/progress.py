"""A progress bar on stderr, where there is a terminal to draw it on and something to wait for."""

import sys
from typing import TYPE_CHECKING, TextIO

from tailboard.cli.reports.terminal import is_terminal
from tailboard.publish.closeable import Closeable

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

MIN_COUNT = 20
"""From so many dashboards on, a build takes long enough to look at."""


class BuildProgress(Closeable):
    """How many definitions are done, of all, and how many dashboards came out of them.

    Nothing is drawn before there are many, nor without a terminal.
    """

    def __init__(self, description: str, definitions: int) -> None:
        self._description = description
        self._definitions = definitions
        self._completed = self._dashboards = 0
        self._bar_task: tuple[Progress, TaskID] | None = None

    def count_definition(self) -> None:
        """One definition is done."""
        self._completed += 1
        self._update_bar()

    def count_dashboard(self) -> None:
        """One dashboard is done."""
        self._dashboards += 1
        self._update_bar()

    def _update_bar(self) -> None:
        if self._bar_task is None and self._dashboards >= MIN_COUNT and is_terminal(sys.stderr):
            self._bar_task = _start_build_bar(self._description, self._definitions)
        if self._bar_task:
            bar, task = self._bar_task
            bar.update(task, completed=self._completed, dashboards=self._dashboards)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar_task:
            self._bar_task[0].stop()


class StepProgress(Closeable):
    """How many of a known number of steps are done."""

    def __init__(self, description: str, count: int, stream: TextIO | None) -> None:
        self._bar_task: tuple[Progress, TaskID] | None = None
        if count >= MIN_COUNT and is_terminal(stream):
            self._bar_task = _start_step_bar(description, count)

    def advance(self) -> None:
        """One more is done."""
        if self._bar_task:
            bar, task = self._bar_task
            bar.advance(task)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar_task:
            self._bar_task[0].stop()


def _start_step_bar(description: str, count: int) -> "tuple[Progress, TaskID]":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.start()
    return bar, bar.add_task(description, total=count)


def _start_build_bar(description: str, definitions: int) -> "tuple[Progress, TaskID]":
    """Start the bar, without a total for a single definition."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed} of {task.total} definitions" if definitions > 1 else ""),
        TextColumn("{task.fields[dashboards]} dashboards"),
    )
    bar = Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,  # a definition runs with a stdout of its own, which rich would keep
        redirect_stderr=False,
    )
    bar.start()
    total = definitions if definitions > 1 else None
    return bar, bar.add_task(description, total=total, dashboards=0)
