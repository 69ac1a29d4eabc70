"""`python -m benchmarks.previewing`: this measurement alone."""

import click

from benchmarks.harness.measurement_command import build_command
from benchmarks.harness.options import POSITIVE_COUNT
from benchmarks.previewing.measurement import INSTANCES, measure_previewing
from benchmarks.previewing.report import render_report
from benchmarks.previewing.targets import list_targets

PAGE = """Measure what a preview of many dashboards costs.

\b
Example:
  python -m benchmarks.previewing --repeats 1
"""
SIZE = click.option(
    "--instances",
    type=POSITIVE_COUNT,
    default=INSTANCES,
    show_default=True,
    help="How many instances the service has.",
)
REPEATS = click.option(
    "--repeats", type=POSITIVE_COUNT, default=3, show_default=True, help="How often."
)

main = build_command(
    "previewing", PAGE, [SIZE, REPEATS], measure_previewing, render_report, list_targets
)

if __name__ == "__main__":
    main()
