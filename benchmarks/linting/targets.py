"""Limits of the cost of linting."""

from collections.abc import Iterator

from benchmarks.harness.cost_target import CostTarget
from benchmarks.linting.measurement import Linting

DOCUMENTS_CPU_LIMIT = 1.0
"""Building documents modernises and writes them; linting them parses each query instead."""

DEFINITION_CPU_LIMIT = 2.0
"""Linting a definition runs it and makes its documents as `build` does, then parses each query."""


def list_targets(linting: Linting) -> Iterator[CostTarget]:
    """Both limits with the measured values."""
    for name, limit, comparison in (
        ("documents", DOCUMENTS_CPU_LIMIT, linting.documents),
        ("the definition", DEFINITION_CPU_LIMIT, linting.definition),
    ):
        build, lint = comparison.build.cpu_seconds, comparison.lint.cpu_seconds
        yield CostTarget(
            f"lint of {name} of {linting.dashboards} dashboards, CPU",
            limit,
            lint.median / build.median,
            f"{lint.format_text(2)} s",
            f"{build.format_text(2)} s, build of the same",
        )
