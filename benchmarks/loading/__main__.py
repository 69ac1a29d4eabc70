"""`python -m benchmarks.loading`: this measurement alone."""

from benchmarks.harness.measurement_command import build_command
from benchmarks.harness.options import INSTANCES, ROUNDS
from benchmarks.loading.measurement import measure_loading
from benchmarks.loading.report import render_report
from benchmarks.loading.results import Loading
from benchmarks.loading.targets import list_targets

PAGE = """Measure what loading a dashboard costs from recorded rates beside raw series.

\b
Example:
  python -m benchmarks.loading --instances 7
"""

main = build_command(
    "loading",
    PAGE,
    [INSTANCES, ROUNDS],
    measure_loading,
    render_report,
    list_targets,
    Loading.to_json,
)

if __name__ == "__main__":
    main()
