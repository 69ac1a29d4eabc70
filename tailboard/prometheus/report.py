"""What a check comes to, whoever was asked."""

from dataclasses import dataclass

from tailboard.check.checking import Checked
from tailboard.check.evidence import Evidence
from tailboard.publish.errors import TailboardError


@dataclass(frozen=True)
class Report:
    """Each query with its state, what findings are judged from; why it ended early if it did."""

    checked: list[Checked]
    evidence: list[Evidence]
    stopped: TailboardError | None = None
