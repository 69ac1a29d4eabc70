"""`tailboard build`: definitions become files that Grafana takes."""

from pathlib import Path

import click

from tailboard.alerts.groups import Addresses
from tailboard.cli.choice import Choice
from tailboard.cli.duration import checked_duration
from tailboard.cli.options import AS_JSON, CHECK, CONVENTION, GRAFANA_URL, OVERWRITE
from tailboard.cli.progress import Counting
from tailboard.cli.report import report
from tailboard.cli.sources import sources
from tailboard.cli.terminal import tell
from tailboard.definitions.build import Build
from tailboard.publish.counted import counted
from tailboard.publish.errors import BrokenDefinitionsError
from tailboard.publish.formats import FORMATS, Surroundings
from tailboard.publish.output import Changes, Output

DEFAULTS = Surroundings()


EXAMPLE = """\b
Example:
  tailboard build --convention django_prometheus --out dist --format api --format import
"""


@click.command("build", epilog=EXAMPLE)
@click.argument("definitions", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("dist"),
    show_default=True,
    envvar="TAILBOARD_OUT",
    show_envvar=True,
    help="The folder to write to.",
)
@click.option(
    "--format",
    type=Choice([it.name for it in FORMATS]),
    multiple=True,
    default=("api", "rules"),
    show_default=True,
    help="How to write documents and rules; may be given several times.",
)
@CONVENTION
@CHECK
@OVERWRITE
@click.option(
    "--prometheus-url",
    default=DEFAULTS.prometheus_url,
    show_default=True,
    help="Where the provisioned Grafana finds Prometheus.",
)
@click.option(
    "--scrape-interval",
    callback=checked_duration,
    default=DEFAULTS.scrape_interval,
    show_default=True,
    help="Prometheus' scrape interval, for the provisioned data source.",
)
@click.option(
    "--provisioning-path",
    default=DEFAULTS.provisioning_path,
    show_default=True,
    help="Where the provisioning tree will lie on Grafana's machine.",
)
@GRAFANA_URL
@click.option(
    "--runbook-url",
    default=DEFAULTS.addresses.runbook,
    show_default=True,
    help="Where the runbooks are; {alert}, {anchor} and {service} are filled in.",
)
@AS_JSON
@click.pass_context
def command(
    context: click.Context,
    definitions: tuple[Path, ...],
    out: Path,
    format: tuple[str, ...],
    convention: str | None,
    check: bool,
    force: bool,
    prometheus_url: str,
    scrape_interval: str,
    provisioning_path: str,
    grafana_url: str,
    runbook_url: str,
    as_json: bool,
) -> int:
    """Compile definitions into dashboards and rules.

    A definition is a Python file that names `dashboard`, `dashboards`, `rules` or `services`, a
    dashboard's JSON, or a folder of them. Without any, the definitions of the settings are built,
    or the library's dashboards for the convention named by --convention.
    """
    surroundings = Surroundings(
        prometheus_url, scrape_interval, provisioning_path, Addresses(grafana_url, runbook_url)
    )
    output = Output(out, maker="build", check=check, force=force)
    chosen = [it for it in FORMATS if it.name in format]
    try:
        built = Build(list(sources(context, definitions, convention)), chosen, surroundings)
        with Counting("Building", len(built.sources)) as progress:
            for file in built.files(progress):
                output.add(file)
        if built.errors:
            raise BrokenDefinitionsError(built.errors)
        for one in chosen:
            for file in one.once(surroundings):
                output.add(file)
        changes = output.commit()
    finally:
        output.discard()
    return _report(changes, out, built, check=check, as_json=as_json)


def _report(changes: Changes, out: Path, built: Build, *, check: bool, as_json: bool) -> int:
    said = [f"{it.service.name}: {note}" for it in built.rules.values() for note in it.notes]
    notes = [*built.notes, *said]
    more = {
        "dashboards": len(built.uids),
        "notes": notes,
        "rules": {name: len(it.alerts) for name, it in sorted(built.rules.items())},
    }
    rules = f", rules of {counted(len(built.rules), 'service')}" if built.rules else ""
    made = f"{counted(len(built.uids), 'dashboard')}{rules}"
    if not (check and changes.stale):
        for note in notes:
            tell(f"note: {note}")
    return report(changes, out, made, more if as_json else None, check=check)
