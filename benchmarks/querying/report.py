"""The results as a plain table."""

from benchmarks.harness.text_table import format_table
from benchmarks.querying.measurement import Querying


def render_report(querying: Querying | None) -> str:
    """The table, or why there is none."""
    if querying is None:
        return "check --prometheus: not measured, prometheus is not installed"
    heading = (
        f"check --prometheus of {querying.services} services, Prometheus {querying.prometheus}"
    )
    rows = [
        ("distinct queries", "their requests", "all requests", "seconds"),
        (
            f"{querying.distinct_queries}",
            f"{querying.query_requests}",
            f"{querying.requests}",
            f"{querying.seconds:.1f}",
        ),
    ]
    return f"{heading}\n\n{format_table(rows)}"
