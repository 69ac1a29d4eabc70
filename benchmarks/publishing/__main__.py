"""`python -m benchmarks.publishing`: this measurement alone."""

import click

from benchmarks.alone import alone
from benchmarks.options import SOME
from benchmarks.publishing.measurement import DASHBOARDS, measure
from benchmarks.publishing.report import report
from benchmarks.publishing.targets import targets

PAGE = """Measure what publishing costs beside a loop of posts. Needs `grafana` on the PATH.

\b
Example:
  python -m benchmarks.publishing --dashboards 100
"""
SIZE = click.option(
    "--dashboards", type=SOME, default=DASHBOARDS, show_default=True, help="How many."
)
REPEATS = click.option(
    "--repeats", type=SOME, default=3, show_default=True, help="How often unchanged."
)

main = alone("publishing", PAGE, [SIZE, REPEATS], measure, report, targets)

if __name__ == "__main__":
    main()
