"""The options that say what a publish may overwrite and delete, and what ends it."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click

from tailboard.cli.options.groups import Command, add_options
from tailboard.cli.options.parameter_types import Choice
from tailboard.publish.errors import TailboardError
from tailboard.publish.plan.item import State
from tailboard.publish.plan.outcome import FOLDER_KIND
from tailboard.publish.plan.policy import PublishPolicy, is_permitted
from tailboard.publish.plural import format_count
from tailboard.publish.targets.target import TargetPlan

MAX_DELETIONS = 10
POLICY_OPTIONS = (
    click.option("--force", is_flag=True, help="Overwrite what was edited by hand."),
    click.option("--adopt", is_flag=True, help="Take over what we did not publish."),
    click.option("--prune", is_flag=True, help="Delete what we published and is declared no more."),
    click.option(
        "--max-delete",
        type=click.IntRange(0),
        default=MAX_DELETIONS,
        show_default=True,
        help="Delete nothing if --prune would delete more dashboards and rule groups.",
    ),
    click.option(
        "--on-error",
        type=Choice(["continue", "abort"]),
        default="continue",
        show_default=True,
        help="What to do with the rest once something failed.",
    ),
)


@dataclass(frozen=True)
class PolicyOptions:
    """What may be changed, how much may be deleted, and whether a failure ends the rest."""

    policy: PublishPolicy
    max_deletions: int
    is_aborting: bool

    def check_deletions(self, plans: Sequence[TargetPlan]) -> None:
        """Refuse to delete more than was meant: a wrong path makes everything an orphan."""
        orphans = [
            item
            for plan in plans
            for item in plan.items
            if item.kind != FOLDER_KIND
            and item.state is State.ORPHAN
            and is_permitted(item, self.policy)
        ]
        if len(orphans) <= self.max_deletions:
            return
        titles = ", ".join(repr(orphan.title) for orphan in orphans[:3])
        kinds = list(dict.fromkeys(orphan.kind for orphan in orphans))
        counts = " and ".join(
            format_count(sum(orphan.kind == kind for orphan in orphans), kind) for kind in kinds
        )
        raise TailboardError(
            f"--prune would delete {counts}, more than {self.max_deletions}: {titles}, "
            "...; nothing was changed",
            tip="look whether all definitions are named; if it is meant, raise --max-delete.",
        )


def add_policy_options(command: Command) -> Command:
    """Give a command these options, and what they mean."""

    @functools.wraps(command)
    def run_with_policy(
        *arguments: Any,
        force: bool,
        adopt: bool,
        prune: bool,
        max_delete: int,
        on_error: str,
        **options: Any,
    ) -> Any:
        policy_options = PolicyOptions(
            PublishPolicy(force, adopt, prune), max_delete, on_error == "abort"
        )
        return command(*arguments, policy_options=policy_options, **options)

    return add_options(POLICY_OPTIONS, run_with_policy)
