"""`tailboard build`: definitions become files that Grafana takes."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from dashboards import document
from dashboards.library import library, of_fleet
from panels import Service, every_service
from panels.conventions import CONVENTIONS
from panels.conventions import convention as convention_named
from panels.definition_error import DefinitionError, inside
from publish import definition
from publish.cli.choice import Choice
from publish.cli.duration import checked_duration
from publish.cli.progress import Counting
from publish.cli.terminal import complain, tell
from publish.errors import BrokenDefinitionsError
from publish.formats import FORMATS, File, Format, Surroundings
from publish.mistakes import shaped
from publish.output import Changes, Output

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
    default=("api",),
    show_default=True,
    help="How to write the documents; may be given several times.",
)
@click.option(
    "--convention",
    type=Choice([it.name for it in CONVENTIONS]),
    envvar="TAILBOARD_CONVENTION",
    show_envvar=True,
    help="Without definitions: build the library for every job of this convention.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if what is on disk is stale.")
@click.option("--force", is_flag=True, help="Overwrite files that somebody else wrote or changed.")
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
@click.option("--json", "as_json", is_flag=True, help="Say on stdout, as JSON, what was done.")
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
    as_json: bool,
) -> int:
    """Compile definitions into dashboards.

    A definition is a Python file that names `dashboard`, `dashboards` or `services`, a dashboard's
    JSON, or a folder of them. Without any, the definitions of the settings are built, or the
    library's dashboards for the convention named by --convention.
    """
    surroundings = Surroundings(prometheus_url, scrape_interval, provisioning_path)
    output = Output(out, check=check, force=force)
    chosen = [it for it in FORMATS if it.name in format]
    try:
        built = Build(list(_sources(context, definitions, convention)), chosen)
        for file in built.files():
            output.add(file)
        if built.errors:
            raise BrokenDefinitionsError(built.errors)
        for one in chosen:
            for file in one.once(surroundings):
                output.add(file)
        changes = output.commit()
    finally:
        output.discard()
    return _report(changes, out, len(built.uids), check=check, as_json=as_json)


class Build:
    """One run over all definitions, which goes on after a mistake so that it finds them all."""

    def __init__(self, sources: Sequence["Source"], formats: Sequence[Format]) -> None:
        self.sources = sources
        self.formats = formats
        self.errors: list[DefinitionError] = []
        self.uids: dict[str, str] = {}
        self.fleet: list[Service] = []

    def files(self) -> Iterator[File]:
        """The files of every definition's dashboards, one at a time."""
        with Counting("Building", len(self.sources)) as progress:
            for source in self._with_fleet():
                for files in self._dashboards_of(source):
                    yield from files
                    progress.dashboard()
                progress.definition()

    def _with_fleet(self) -> Iterator["Source"]:
        """The definitions, then the one dashboard that all their services share."""
        yield from self.sources
        if self.fleet:
            yield Source("the fleet", services=self.fleet)

    def _dashboards_of(self, source: "Source") -> Iterator[list[File]]:
        """The files of each dashboard; none any more once a mistake was found."""
        found = source.dashboards(self.fleet)
        while True:
            try:
                dashboard = next(found)
            except StopIteration:
                return
            except DefinitionError as error:
                self.errors.append(error)
                return
            try:
                with inside(source.name), shaped(dashboard):
                    made = document(dashboard)
                    self._claim(made, source)
                    files = [file for it in self.formats for file in it.per_document(made)]
            except DefinitionError as error:
                self.errors.append(error)
            else:
                if not self.errors:
                    yield files

    def _claim(self, made: dict[str, Any], source: "Source") -> None:
        """Two dashboards of one uid would overwrite each other in Grafana, in turn."""
        uid, title = made["uid"], made["title"]
        if uid in self.uids:
            raise DefinitionError(
                f"dashboard {title!r} has the uid {uid!r}, which {self.uids[uid]} has too",
                tip="give one of them another uid; a uid names one dashboard in Grafana.",
            )
        self.uids[uid] = f"{title!r} in {source.name}"


@dataclass(frozen=True)
class Source:
    """Where dashboards come from: a definition, a convention of the library, or many services."""

    name: str
    path: Path | None = None
    convention: str = ""
    services: Sequence[Service] = ()

    def dashboards(self, fleet: list[Service]) -> Iterator[Any]:
        """Its dashboards, one at a time; its services are added to the fleet."""
        if self.services:
            return of_fleet(self.services)
        if self.path:
            return definition.dashboards(self.path, fleet)
        return library([every_service(convention_named(self.convention))])


def _sources(
    context: click.Context, definitions: tuple[Path, ...], convention: str | None
) -> Iterator[Source]:
    file = click.core.ParameterSource.DEFAULT_MAP
    from_file = context.get_parameter_source("definitions") is file
    wanted = convention and context.get_parameter_source("convention") is not file
    typed = click.core.ParameterSource.COMMANDLINE
    if definitions and not from_file and context.get_parameter_source("convention") is typed:
        raise click.UsageError("--convention is for building without definitions; leave one out")
    if definitions and not (wanted and from_file):
        for path in definition.find(definitions):
            yield Source(str(path), path)
    elif convention:
        yield Source(f"--convention {convention}", convention=convention)
    else:
        raise click.UsageError(
            "nothing to build. Name a definition, or a convention of the library: "
            "tailboard build --convention prometheus_client"
        )


def _report(changes: Changes, out: Path, count: int, *, check: bool, as_json: bool) -> int:
    if as_json:
        summary = {
            "dashboards": count,
            "out": str(out),
            "removed": sorted(changes.removed),
            "unchanged": len(changes.unchanged),
            "written": sorted(changes.written),
        }
        click.echo(json.dumps(summary, indent=2))
    if check and changes.stale:
        for name in changes.stale:
            tell(f"  {'obsolete' if name in changes.removed else 'stale'}  {out / name}")
        stale = _count(len(changes.stale), "stale file")
        complain(f"{stale} in {out}; run the same build without --check")
        return 1
    tell(
        f"{_count(count, 'dashboard')}: {_count(len(changes.written), 'file')} written, "
        f"{len(changes.unchanged)} unchanged, {len(changes.removed)} removed in {out}"
    )
    return 0


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
