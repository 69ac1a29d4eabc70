"""What a server and the settings say of every query of some definitions."""

import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack

import click

from tailboard.check.may_be_empty import NAME, apply_allowances
from tailboard.check.query_states import CheckResult
from tailboard.cli.options.metrics_options import MetricsSource
from tailboard.cli.reports.progress import StepProgress
from tailboard.findings.exclusion import parse_allowance
from tailboard.findings.finding import Finding
from tailboard.prometheus.check_outcome import CheckOutcome
from tailboard.queries.subject import Subject

SETTINGS_SOURCE = "[tool.tailboard]"


def apply_settings_allowances(
    context: click.Context, results: list[CheckResult]
) -> tuple[list[CheckResult], list[Finding]]:
    """The results with what the settings allow to be empty, and the entries that are idle."""
    settings = (context.default_map or {}).get(NAME) or []
    allowances = [parse_allowance(setting, NAME, SETTINGS_SOURCE) for setting in settings]
    return apply_allowances(results, allowances, SETTINGS_SOURCE)


def check_server(
    subjects: Iterable[Subject], source: MetricsSource, concurrency: int, scrape_interval: str
) -> CheckOutcome:
    """Compare with what the server answers to every query."""
    # Here, so that `--metrics` and `--registry` start without what only a server needs.
    from tailboard.prometheus.server_check import check_against_server
    from tailboard.prometheus.variables.intervals import read_intervals

    with source.connect(concurrency) as server, ExitStack() as progress_bars:

        def start_progress(description: str, count: int) -> Callable[[], None]:
            return progress_bars.enter_context(StepProgress(description, count, sys.stderr)).advance

        return check_against_server(
            subjects,
            server,
            read_intervals(server, scrape_interval),
            concurrency=concurrency,
            start_progress=start_progress,
        )
