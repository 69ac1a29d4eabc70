"""`python -m benchmarks.checking`: this measurement alone."""

import click

from benchmarks.alone import alone
from benchmarks.checking.measurement import SERIES, measure
from benchmarks.checking.report import report
from benchmarks.checking.targets import targets
from benchmarks.options import SOME

PAGE = """Measure what check costs beside the parser of prometheus-client.

\b
Example:
  python -m benchmarks.checking --repeats 3
"""
SIZE = click.option("--series", type=SOME, default=SERIES, show_default=True, help="How many.")
REPEATS = click.option("--repeats", type=SOME, default=5, show_default=True, help="How often.")

main = alone("checking", PAGE, [SIZE, REPEATS], measure, report, targets)

if __name__ == "__main__":
    main()
