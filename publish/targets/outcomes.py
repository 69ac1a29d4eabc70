"""What became of a run at each of its targets."""

from dataclasses import dataclass, field

from tailboard.publish.plan.outcome import EXIT_PARTIAL, Outcome, compute_exit_code
from tailboard.publish.rulers.verification import GroupProblem


@dataclass
class TargetOutcomes:
    """What became of the items of each target, and what its ruler does not evaluate.

    Both are by the names of targets. `has_losses` says that panels have lost their data.
    """

    by_target: dict[str, list[Outcome]] = field(default_factory=dict)
    problems: dict[str, list[GroupProblem]] = field(default_factory=dict)
    has_losses: bool = False

    @property
    def exit_code(self) -> int:
        """That of all outcomes; where rules fail that were written, some is done and some not."""
        code = compute_exit_code(
            [outcome for outcomes in self.by_target.values() for outcome in outcomes]
        )
        return code or (EXIT_PARTIAL if self.has_losses or any(self.problems.values()) else 0)
