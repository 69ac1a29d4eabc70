"""`python -m benchmarks.linting`: this measurement alone."""

import click

from benchmarks.harness.measurement_command import build_command
from benchmarks.harness.options import POSITIVE_COUNT
from benchmarks.linting.measurement import DASHBOARDS, measure_linting
from benchmarks.linting.report import render_report
from benchmarks.linting.targets import list_targets

PAGE = """Measure what lint costs beside build.

\b
Example:
  python -m benchmarks.linting --repeats 3
"""
SIZE = click.option(
    "--dashboards", type=POSITIVE_COUNT, default=DASHBOARDS, show_default=True, help="How many."
)
REPEATS = click.option(
    "--repeats", type=POSITIVE_COUNT, default=5, show_default=True, help="How often."
)

main = build_command("linting", PAGE, [SIZE, REPEATS], measure_linting, render_report, list_targets)

if __name__ == "__main__":
    main()
