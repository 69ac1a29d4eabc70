"""A progress bar on stderr, where there is a terminal to draw it on and something to wait for."""

import sys
from typing import TYPE_CHECKING, TextIO

from tailboard.cli.terminal import is_terminal
from tailboard.publish.closing import Closing

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

MANY = 20
"""From so many dashboards on, a build takes long enough to look at."""


class Counting(Closing):
    """How many definitions are done, of all, and how many dashboards came out of them.

    Nothing is drawn before there are many, nor where nobody looks.
    """

    def __init__(self, what: str, definitions: int) -> None:
        self._what = what
        self._definitions = definitions
        self._done = self._dashboards = 0
        self._drawn: tuple[Progress, TaskID] | None = None

    def definition(self) -> None:
        """One definition is done."""
        self._done += 1
        self._show()

    def dashboard(self) -> None:
        """One dashboard is done."""
        self._dashboards += 1
        self._show()

    def _show(self) -> None:
        if self._drawn is None and self._dashboards >= MANY and is_terminal(sys.stderr):
            self._drawn = _draw(self._what, self._definitions)
        if self._drawn:
            bar, task = self._drawn
            bar.update(task, completed=self._done, dashboards=self._dashboards)

    def close(self) -> None:
        """Take the bar away."""
        if self._drawn:
            self._drawn[0].stop()


class Steps(Closing):
    """How many of a known number of steps are done."""

    def __init__(self, what: str, count: int, stream: TextIO | None) -> None:
        self._drawn: tuple[Progress, TaskID] | None = None
        if count >= MANY and is_terminal(stream):
            self._drawn = _draw_steps(what, count)

    def step(self) -> None:
        """One more is done."""
        if self._drawn:
            bar, task = self._drawn
            bar.advance(task)

    def close(self) -> None:
        """Take the bar away."""
        if self._drawn:
            self._drawn[0].stop()


def _draw_steps(what: str, count: int) -> "tuple[Progress, TaskID]":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.start()
    return bar, bar.add_task(what, total=count)


def _draw(what: str, definitions: int) -> "tuple[Progress, TaskID]":
    """Start the bar; of a single definition, nobody knows how many dashboards are to come."""
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
    return bar, bar.add_task(what, total=total, dashboards=0)
