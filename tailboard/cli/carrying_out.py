"""Doing what a plan says, told line by line, with a report of what was there before."""

import sys

import click

from tailboard.cli.outcome_report import line, problems, summary
from tailboard.cli.progress import Steps
from tailboard.cli.terminal import complain, in_color, is_terminal, tell
from tailboard.publish.grafana.allowed import Allowed, touched
from tailboard.publish.grafana.applying import Run
from tailboard.publish.grafana.item import Plan
from tailboard.publish.grafana.outcome import Outcome
from tailboard.publish.grafana.run import Runs
from tailboard.publish.grafana.server import Grafana


def carried_out(
    plan: Plan,
    grafana: Grafana,
    allowed: Allowed,
    runs: Runs,
    run: str,
    owner: str,
    *,
    abort: bool = False,
    quiet: bool = False,
) -> list[Outcome]:
    """Do what a plan says, tell each change, and keep a report of what was there before."""
    changing = touched(plan, allowed)
    if changing.items:
        runs.begin(run, changing, grafana.address, owner)
    color, to = in_color(sys.stdout), None if is_terminal(sys.stdout) else sys.stdout
    with Steps("Publishing", len(plan.items), sys.stderr) as steps:

        def told(outcome: Outcome) -> None:
            nonlocal quiet
            steps.step()
            if (said := line(outcome)) and not quiet:
                try:
                    click.echo(said, file=to, color=color)  # threads know no context with a colour
                except OSError:  # `| head`, or a full disk, is no reason to stop half way
                    quiet = True

        try:
            outcomes = Run(grafana.api, allowed, told, abort=abort)(plan)
        except KeyboardInterrupt:
            if changing.items:
                tell(f"The run {run} is not complete: publish again, or roll it back.")
            raise
    if changing.items:
        runs.end(run, changing, grafana.address, owner, outcomes)
    for problem in problems(outcomes):
        complain(problem)
    tell(f"{grafana.address}: {summary(outcomes)}{f' (run {run})' if changing.items else ''}")
    return outcomes
