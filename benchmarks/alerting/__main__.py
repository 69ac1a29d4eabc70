"""`python -m benchmarks.alerting`: this measurement alone."""

from pathlib import Path

import click

from benchmarks.alerting.measurement import measure_alerting
from benchmarks.alerting.report import render_report
from benchmarks.alerting.targets import list_targets
from benchmarks.harness.measurement_command import build_command
from benchmarks.harness.options import ROUNDS

PAGE = """Measure when alerts fire beside sloth's, and what they cost.

\b
Example:
  python -m benchmarks.alerting --rounds 1
"""

BESIDE = click.option(
    "--beside",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="Rules for the same service to evaluate as well, such as those of another version.",
)

main = build_command(
    "alerting", PAGE, [ROUNDS, BESIDE], measure_alerting, render_report, list_targets
)

if __name__ == "__main__":
    main()
