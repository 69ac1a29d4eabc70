"""`python -m benchmarks.checking`: this measurement alone."""

import click

from benchmarks.checking.measurement import SERIES, measure_checking
from benchmarks.checking.report import render_report
from benchmarks.checking.targets import list_targets
from benchmarks.harness.measurement_command import build_command
from benchmarks.harness.options import POSITIVE_COUNT

PAGE = """Measure what check costs beside the parser of prometheus-client.

\b
Example:
  python -m benchmarks.checking --repeats 3
"""
SIZE = click.option(
    "--series", type=POSITIVE_COUNT, default=SERIES, show_default=True, help="How many."
)
REPEATS = click.option(
    "--repeats", type=POSITIVE_COUNT, default=5, show_default=True, help="How often."
)

main = build_command(
    "checking", PAGE, [SIZE, REPEATS], measure_checking, render_report, list_targets
)

if __name__ == "__main__":
    main()
