"""`python -m benchmarks.querying`: this measurement alone."""

import click

from benchmarks.harness.measurement_command import build_command
from benchmarks.harness.options import POSITIVE_COUNT
from benchmarks.querying.measurement import SERVICES, measure_querying
from benchmarks.querying.report import render_report
from benchmarks.querying.targets import list_targets

PAGE = """Count the requests of `check --prometheus`. Needs `prometheus` and `promtool`.

\b
Example:
  python -m benchmarks.querying --services 3
"""
SIZE = click.option(
    "--services", type=POSITIVE_COUNT, default=SERVICES, show_default=True, help="How many."
)

main = build_command("querying", PAGE, [SIZE], measure_querying, render_report, list_targets)

if __name__ == "__main__":
    main()
