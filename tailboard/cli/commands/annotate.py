"""`tailboard annotate`: a mark in Grafana for a deployment, which never fails it."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from tailboard.cli.options.grafana_options import ENVIRONMENT_HELP
from tailboard.cli.reports.terminal import print_message
from tailboard.cli.targets.options import TARGET_OPTION, TargetOptions, connect_targets
from tailboard.publish.errors import TailboardError
from tailboard.publish.grafana.commit import read_commit_message
from tailboard.publish.grafana.deploy_annotation import post_annotation
from tailboard.publish.grafana.server import Grafana

TIME_LIMIT = 5.0
"""Seconds that a deployment waits for its mark, at most."""

DEFAULT_TAGS = ("deploy",)
"""What the dashboards of the library ask for."""

EXAMPLE = f"""{ENVIRONMENT_HELP}\b
Example:
  tailboard annotate --tag deploy --text "orders 1.4.2"
"""


@click.command("annotate", epilog=EXAMPLE)
@click.option(
    "--grafana",
    "grafana_url",
    metavar="URL",
    envvar="GRAFANA_URL",
    show_envvar=True,
    help="Where Grafana is, with its sub-path if it has one.",
)
@click.option(
    "--org",
    type=click.IntRange(1),
    envvar="GRAFANA_ORG_ID",
    show_envvar=True,
    help="The id of the organisation, for users of several.",
)
@click.option("--allow-http", is_flag=True, help="Send credentials unencrypted to another machine.")
@TARGET_OPTION
@click.option(
    "--tag",
    "tags",
    multiple=True,
    default=DEFAULT_TAGS,
    show_default=True,
    help="A tag that dashboards ask for; give it several times for several.",
)
@click.option("--text", help="What the mark says; by default the git commit.")
def command(
    grafana_url: str | None,
    org: int | None,
    allow_http: bool,
    target_names: tuple[str, ...],
    tags: tuple[str, ...],
    text: str | None,
) -> int:
    """Mark a deployment on the dashboards of Grafana.

    Every dashboard of the library shows the marks with the tag deploy. For use in a deployment: it
    takes five seconds at most, and exits with 0 even where Grafana cannot be reached.
    """
    if not grafana_url and not target_names:
        print_message("Note: no mark in Grafana: say --grafana URL, or set GRAFANA_URL.")
        return 0
    message = text or read_commit_message(Path.cwd())
    options = TargetOptions(grafana_url=grafana_url or "", org=org, allow_http=allow_http)

    def add_marks() -> None:
        with connect_targets(options, target_names) as targets:
            for target in targets:
                if target.grafana:
                    _add_mark(target.grafana, message, tags)

    _run_in_time(add_marks)
    return 0


def _add_mark(grafana: Grafana, text: str, tags: Sequence[str]) -> None:
    post_annotation(grafana.connection, text, tags)
    print_message(f"{grafana.address}: marked {text!r} ({', '.join(tags)})")


def _run_in_time(work: Callable[[], None]) -> None:
    """Do it, and go on without it after a while: a name may take long to look up."""
    context = click.get_current_context()

    def run_work() -> None:
        try:
            with context.scope(cleanup=False):
                work()
        except (click.ClickException, TailboardError) as error:
            text = error.problem if isinstance(error, TailboardError) else error.format_message()
            print_message(f"Note: no mark in Grafana: {text}")

    thread = threading.Thread(target=run_work, daemon=True)
    thread.start()
    thread.join(TIME_LIMIT)
    if thread.is_alive():
        print_message(f"Note: no mark in Grafana: no answer within {TIME_LIMIT:g} s")
