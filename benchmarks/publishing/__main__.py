"""`python -m benchmarks.publishing`: this measurement alone."""

import click

from benchmarks.harness.measurement_command import build_command
from benchmarks.harness.options import POSITIVE_COUNT
from benchmarks.publishing.measurement import DASHBOARDS, measure_publishing
from benchmarks.publishing.report import render_report
from benchmarks.publishing.targets import list_targets

PAGE = """Measure what publishing costs beside a loop of posts. Needs `grafana` on the PATH.

\b
Example:
  python -m benchmarks.publishing --dashboards 100
"""
SIZE = click.option(
    "--dashboards", type=POSITIVE_COUNT, default=DASHBOARDS, show_default=True, help="How many."
)
REPEATS = click.option(
    "--repeats", type=POSITIVE_COUNT, default=3, show_default=True, help="How often unchanged."
)

main = build_command(
    "publishing", PAGE, [SIZE, REPEATS], measure_publishing, render_report, list_targets
)

if __name__ == "__main__":
    main()
