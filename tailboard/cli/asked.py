"""`tailboard check --prometheus`: the server asked, with bars on stderr where somebody looks."""

import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack

from tailboard.cli.progress import StepProgress
from tailboard.cli.terminal import print_message
from tailboard.prometheus.check_outcome import CheckOutcome
from tailboard.prometheus.intervals import read_intervals
from tailboard.prometheus.server import connect_prometheus
from tailboard.prometheus.server_check import check_against_server
from tailboard.queries.subject import Subject


def _check_server(
    subjects: Iterable[Subject],
    address: str,
    *,
    concurrency: int,
    timeout: float,
    allow_http: bool,
    scrape_interval: str,
) -> CheckOutcome:
    """What the server gives for every query; what it warns of is told."""
    with (
        connect_prometheus(
            address, concurrency=concurrency, timeout=timeout, allow_http=allow_http
        ) as server,
        ExitStack() as progress_bars,
    ):

        def start_progress(description: str, count: int) -> Callable[[], None]:
            return progress_bars.enter_context(StepProgress(description, count, sys.stderr)).advance

        outcome = check_against_server(
            subjects,
            server,
            read_intervals(server, scrape_interval),
            concurrency=concurrency,
            start_progress=start_progress,
        )
        progress_bars.close()
        for warning in server.warnings:
            print_message(f"Note: {server.display_address} warns: {warning}")
    return outcome
