"""`tailboard check --prometheus`: the server asked, with bars on stderr where somebody looks."""

import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack

from tailboard.cli.progress import Steps
from tailboard.cli.terminal import tell
from tailboard.prometheus.checking import check
from tailboard.prometheus.report import Report
from tailboard.prometheus.server import connected
from tailboard.prometheus.windows import windows
from tailboard.queries.subject import Subject


def asked(
    subjects: Iterable[Subject],
    address: str,
    *,
    concurrency: int,
    timeout: float,
    allow_http: bool,
    scrape_interval: str,
) -> Report:
    """What the server gives for every query; what it warns of is told."""
    with (
        connected(address, concurrency=concurrency, timeout=timeout, allow_http=allow_http) as it,
        ExitStack() as bars,
    ):

        def steps(what: str, count: int) -> Callable[[], None]:
            return bars.enter_context(Steps(what, count, sys.stderr)).step

        report = check(subjects, it, windows(it, scrape_interval), at_once=concurrency, steps=steps)
        bars.close()
        for warning in it.warnings:
            tell(f"Note: {it.shown} warns: {warning}")
    return report
