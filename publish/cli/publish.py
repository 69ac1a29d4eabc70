"""`tailboard publish`: what definitions declare becomes what Grafana holds."""

import json
import sys
from collections import Counter
from pathlib import Path

import click

from publish.cli.choice import Choice
from publish.cli.connecting import STATE, VARIABLES, connecting, declaring, read
from publish.cli.duration import checked_duration
from publish.cli.outcome_report import as_plain, done, line
from publish.cli.progress import Steps
from publish.cli.terminal import complain, in_color, tell
from publish.errors import TailboardError
from publish.formats import Surroundings
from publish.grafana.allowed import Allowed, may
from publish.grafana.applying import Run, exit_code
from publish.grafana.commit import message_of
from publish.grafana.data_sources import data_source_notes
from publish.grafana.item import Plan, State
from publish.grafana.managers import DEFAULT_OWNER
from publish.grafana.outcome import Outcome, Result
from publish.grafana.planning import planned
from publish.grafana.run import Runs, new_run, noted
from publish.grafana.server import Grafana

MOST_DELETED = 10

EXAMPLE = f"""{VARIABLES}\b
Example:
  tailboard publish orders.py --folder Shop/Orders
"""


@click.command("publish", epilog=EXAMPLE)
@declaring
@connecting
@STATE
@click.option("--message", help="What the versions say; by default the git commit.")
@click.option("--force", is_flag=True, help="Overwrite what was edited by hand.")
@click.option("--adopt", is_flag=True, help="Take over dashboards that we did not publish.")
@click.option("--prune", is_flag=True, help="Delete what we published and is declared no more.")
@click.option(
    "--max-delete",
    type=click.IntRange(0),
    default=MOST_DELETED,
    show_default=True,
    help="Delete nothing if --prune would delete more dashboards.",
)
@click.option(
    "--on-error",
    type=Choice(["continue", "abort"]),
    default="continue",
    show_default=True,
    help="What to do with the rest once something failed.",
)
@click.option(
    "--scrape-interval",
    callback=checked_duration,
    default=Surroundings().scrape_interval,
    show_default=True,
    help="Prometheus' scrape interval, to compare the data source with.",
)
@click.option(
    "--data-source-check/--no-data-source-check",
    default=True,
    help="Whether to look first for the data source that dashboards show.",
)
@click.option("--json", "as_json", is_flag=True, help="Say on stdout, as JSON, what was done.")
@click.pass_context
def command(
    context: click.Context,
    definitions: tuple[Path, ...],
    convention: str | None,
    grafana_folder: str,
    owner: str,
    grafana: Grafana,
    state: Path,
    message: str | None,
    force: bool,
    adopt: bool,
    prune: bool,
    max_delete: int,
    on_error: str,
    scrape_interval: str,
    data_source_check: bool,
    as_json: bool,
) -> int:
    """Create and update dashboards in Grafana as they are declared.

    Their folders are created too. What was edited by hand, and what is not ours, stays as it is
    and is shown, unless --force or --adopt. Exits 4 if some dashboards could not be published, 1
    if none could.
    """
    if prune and owner == DEFAULT_OWNER:
        raise click.UsageError(
            "whose dashboards may --prune delete? Say --owner NAME, or owner in the settings: "
            "those of other repositories would look like orphans."
        )
    run = new_run()
    said = noted(message or message_of(Path.cwd()), run)
    found = read(context, definitions, convention, owner=owner, folder=grafana_folder, message=said)
    if data_source_check:
        documents = [it.document for it in found.dashboards]
        for note in data_source_notes(grafana.connection, documents, scrape_interval):
            tell(f"Note: {note}")
    with Steps("Comparing", len(found.dashboards), sys.stderr) as steps:
        plan = planned(grafana.api, found.dashboards, found.folders, owner, steps.step)
    allowed = Allowed(force, adopt, prune)
    _check_deletions(plan, allowed, max_delete)
    outcomes = carried_out(
        plan, grafana, allowed, Runs(state), run, owner, abort=on_error == "abort", quiet=as_json
    )
    if as_json:
        click.echo(json.dumps(as_plain(outcomes, run, grafana.address), indent=2, sort_keys=True))
    return exit_code(outcomes)


def _check_deletions(plan: Plan, allowed: Allowed, most: int) -> None:
    """Refuse to delete more than was meant: a wrong path makes everything an orphan."""
    orphans = [it for it in plan.dashboards if it.state is State.ORPHAN and may(it, allowed)]
    if len(orphans) > most:
        titles = ", ".join(repr(it.title) for it in orphans[:3])
        raise TailboardError(
            f"--prune would delete {len(orphans)} dashboards, more than {most}: {titles}, ...; "
            "nothing was changed",
            tip="look whether all definitions are named; if it is meant, raise --max-delete.",
        )


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
    touched = _touched(plan, allowed)
    if touched.items:
        runs.begin(run, touched, grafana.address, owner)
    color, to = in_color(sys.stdout), None if sys.stdout.isatty() else sys.stdout
    with Steps("Publishing", len(plan.items), sys.stderr) as steps:

        def told(outcome: Outcome) -> None:
            steps.step()
            if (said := line(outcome)) and not quiet:
                click.echo(said, file=to, color=color)  # threads know no context with a colour

        try:
            outcomes = Run(grafana.api, allowed, told, abort=abort)(plan)
        except KeyboardInterrupt:
            if touched.items:
                tell(f"The run {run} is not complete: publish again, or roll it back.")
            raise
    for it in outcomes:
        if it.result in {Result.STOPPED, Result.FAILED}:
            complain(f"{it.item.title!r} ({it.item.uid}): {it.problem}\nTip: {it.tip}")
    if touched.items:
        runs.end(run, touched, grafana.address, owner, outcomes)
    tell(f"{grafana.address}: {_summary(outcomes)}{f' (run {run})' if touched.items else ''}")
    return outcomes


def _touched(plan: Plan, allowed: Allowed) -> Plan:
    """The part of a plan that changes anything."""
    dashboards = (it for it in plan.dashboards if it.stale or may(it, allowed))
    return Plan(tuple(it for it in plan.folders if may(it, allowed)), tuple(dashboards))


def _summary(outcomes: list[Outcome]) -> str:
    counted = Counter(map(done, outcomes))
    return ", ".join(f"{count} {name}" for name, count in sorted(counted.items())) or "nothing"
