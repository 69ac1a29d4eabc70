"""A progress bar on stderr, where there is a terminal to draw it on and something to wait for."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MANY = 5


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar from 0 to `total`; the function that is given advances it by one."""
    if total < MANY or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)
