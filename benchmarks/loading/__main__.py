"""`python -m benchmarks.loading`: this measurement alone."""

from benchmarks.alone import alone
from benchmarks.loading.measurement import measured
from benchmarks.loading.report import report
from benchmarks.loading.results import Loading
from benchmarks.loading.targets import targets
from benchmarks.options import INSTANCES, ROUNDS

PAGE = """Measure what loading a dashboard costs from recorded rates beside raw series.

\b
Example:
  python -m benchmarks.loading --instances 7
"""

main = alone("loading", PAGE, [INSTANCES, ROUNDS], measured, report, targets, Loading.json)

if __name__ == "__main__":
    main()
