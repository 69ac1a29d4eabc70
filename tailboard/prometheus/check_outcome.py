"""The result of a check, against an exposition or a server."""

from dataclasses import dataclass

from tailboard.check.evidence import Evidence
from tailboard.check.query_states import CheckResult
from tailboard.publish.errors import TailboardError


@dataclass(frozen=True)
class CheckOutcome:
    """Each query with its state, what findings are judged from; why it ended early if it did."""

    results: list[CheckResult]
    evidence: list[Evidence]
    stop_error: TailboardError | None = None
