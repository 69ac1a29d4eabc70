"""`python -m benchmarks.linting`: this measurement alone."""

import click

from benchmarks.alone import alone
from benchmarks.linting.measurement import DASHBOARDS, measure
from benchmarks.linting.report import report
from benchmarks.linting.targets import targets
from benchmarks.options import SOME

PAGE = """Measure what lint costs beside build.

\b
Example:
  python -m benchmarks.linting --repeats 3
"""
SIZE = click.option(
    "--dashboards", type=SOME, default=DASHBOARDS, show_default=True, help="How many."
)
REPEATS = click.option("--repeats", type=SOME, default=5, show_default=True, help="How often.")

main = alone("linting", PAGE, [SIZE, REPEATS], measure, report, targets)

if __name__ == "__main__":
    main()
