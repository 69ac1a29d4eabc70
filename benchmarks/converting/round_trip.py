"""The round trip of a collection: JSON to Python and back, dashboard by dashboard."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tailboard.convert.conversion import convert_dashboard
from tailboard.dashboards.envelope import unwrap_dashboard
from tailboard.definitions.exceptions import convert_shape_errors
from tailboard.panels.definition_error import DefinitionError

DASHBOARD_FIELDS = frozenset({"elements", "panels", "rows"})


@dataclass
class RoundTrip:
    """What became of a collection; by path what differs, and why JSON was refused."""

    equal_count: int = 0
    json_lines: int = 0
    python_lines: int = 0
    seconds: float = 0.0
    differences: dict[Path, Sequence[str]] = field(default_factory=dict)
    refusals: dict[Path, str] = field(default_factory=dict)

    @property
    def equal_share(self) -> float:
        """The share of those that can be built at all."""
        count = self.equal_count + len(self.differences)
        return self.equal_count / count if count else 0.0


def run_round_trip(folders: Sequence[Path]) -> RoundTrip:
    """Convert every dashboard below these folders."""
    result = RoundTrip()
    begin = time.perf_counter()
    for path, content in _read_dashboards(folders):
        try:
            with convert_shape_errors(content):
                conversion = convert_dashboard(content)
        except DefinitionError as error:
            result.refusals[path] = error.problem
            continue
        if conversion.differences:
            result.differences[path] = conversion.differences
        else:
            result.equal_count += 1
        result.json_lines += json.dumps(content, indent=2).count("\n") + 1
        result.python_lines += conversion.text.count("\n")
    result.seconds = time.perf_counter() - begin
    return result


def _read_dashboards(folders: Sequence[Path]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The JSON below the folders that is a dashboard with a title."""
    for path in sorted(path for folder in folders for path in folder.rglob("*.json")):
        try:
            content = json.loads(path.read_text())
        except (OSError, ValueError, RecursionError):
            continue
        if not isinstance(content, dict):
            continue
        dashboard = unwrap_dashboard(content)
        if dashboard.get("title") and not DASHBOARD_FIELDS.isdisjoint(dashboard):
            yield path, content
