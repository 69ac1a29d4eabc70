"""`tailboard build`: definitions become files that Grafana takes."""

from contextlib import closing
from pathlib import Path

import click

from tailboard.alerts.addresses import Addresses
from tailboard.cli.options.common import (
    CHECK_OPTION,
    CONVENTION_OPTION,
    FORCE_OPTION,
    GRAFANA_URL_OPTION,
    JSON_OPTION,
    RUNBOOK_URL_OPTION,
)
from tailboard.cli.options.parameter_types import Choice, validate_duration
from tailboard.cli.options.sources import find_sources
from tailboard.cli.reports.file_report import print_file_report
from tailboard.cli.reports.progress import BuildProgress
from tailboard.cli.reports.terminal import print_message
from tailboard.definitions.build import Build
from tailboard.publish.errors import BrokenDefinitionsError
from tailboard.publish.formats import FORMATS, FormatOptions
from tailboard.publish.output import Output, OutputChanges
from tailboard.publish.plural import format_count

DEFAULT_FORMAT_OPTIONS = FormatOptions()
MIN_PARALLEL_DEFINITIONS = 100
"""From so many definitions on, processes save more time than it takes to start them."""


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
    type=Choice([output_format.name for output_format in FORMATS]),
    multiple=True,
    default=("api", "rules"),
    show_default=True,
    help="How to write documents and rules; may be given several times.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="How many definitions to compile side by side. By default as many as there are "
    f"processors, and 1 for fewer than {MIN_PARALLEL_DEFINITIONS} definitions.",
)
@CONVENTION_OPTION
@CHECK_OPTION
@FORCE_OPTION
@click.option(
    "--prometheus-url",
    default=DEFAULT_FORMAT_OPTIONS.prometheus_url,
    show_default=True,
    help="Where the provisioned Grafana finds Prometheus.",
)
@click.option(
    "--scrape-interval",
    callback=validate_duration,
    default=DEFAULT_FORMAT_OPTIONS.scrape_interval,
    show_default=True,
    help="Prometheus' scrape interval, for the provisioned data source.",
)
@click.option(
    "--provisioning-path",
    default=DEFAULT_FORMAT_OPTIONS.provisioning_path,
    show_default=True,
    help="Where the provisioning tree will lie on Grafana's machine.",
)
@GRAFANA_URL_OPTION
@RUNBOOK_URL_OPTION
@JSON_OPTION
@click.pass_context
def command(
    context: click.Context,
    definitions: tuple[Path, ...],
    out: Path,
    format: tuple[str, ...],
    jobs: int | None,
    convention: str | None,
    check: bool,
    force: bool,
    prometheus_url: str,
    scrape_interval: str,
    provisioning_path: str,
    grafana_url: str | None,
    runbook_url: str | None,
    as_json: bool,
) -> int:
    """Compile definitions into dashboards and rules.

    A definition is a Python file that names `dashboard`, `dashboards`, `rules` or `services`, a
    dashboard's JSON, or a folder of them. Without any, the definitions of the settings are built,
    or the library's dashboards for the convention named by --convention.

    Many definitions are compiled side by side, with the same result; --jobs 1 compiles one after
    the other, for definitions that rely on what others before them did.
    """
    format_options = FormatOptions(
        prometheus_url, scrape_interval, provisioning_path, Addresses(grafana_url, runbook_url)
    )
    output = Output(out, command="build", check=check, force=force)
    output_formats = [output_format for output_format in FORMATS if output_format.name in format]
    try:
        sources = list(find_sources(context, definitions, convention))
        build = Build(sources, output_formats, format_options, _choose_jobs(jobs, len(sources)))
        with (
            BuildProgress("Building", len(build.sources)) as progress,
            closing(build.build_files(progress)) as files,
        ):
            for file in files:
                output.add(file)
        link_note = ""
        if build.rules:
            from tailboard.alerts.groups import describe_missing_links
            from tailboard.queries.rule_expressions import find_expression_errors

            build.errors += find_expression_errors(build.rules.values())
            if any(output_format.has_alerts for output_format in output_formats):
                link_note = describe_missing_links(build.rules.values(), format_options.addresses)
        if build.errors:
            raise BrokenDefinitionsError(build.errors)
        for output_format in output_formats:
            for file in output_format.shared_files(format_options):
                output.add(file)
        changes = output.commit()
    finally:
        output.discard()
    return _print_report(changes, out, build, link_note, check=check, as_json=as_json)


def _choose_jobs(jobs: int | None, source_count: int) -> int:
    """How many processes compile; 1 for none beside this one."""
    if jobs is None and source_count < MIN_PARALLEL_DEFINITIONS:
        return 1
    from tailboard.definitions.side_by_side import count_processors

    return min(jobs or count_processors(), source_count)


def _print_report(
    changes: OutputChanges,
    out: Path,
    build: Build,
    link_note: str,
    *,
    check: bool,
    as_json: bool,
) -> int:
    rule_notes = [
        f"{rule_set.service.name}: {note}"
        for rule_set in build.rules.values()
        for note in rule_set.notes
    ]
    notes = [*build.notes, *rule_notes, *([link_note] if link_note else [])]
    extra_fields = {
        "dashboards": len(build.uids),
        "notes": notes,
        "rules": {name: len(rule_set.alerts) for name, rule_set in sorted(build.rules.items())},
    }
    rules = f", rules of {format_count(len(build.rules), 'service')}" if build.rules else ""
    description = f"{format_count(len(build.uids), 'dashboard')}{rules}"
    if not (check and changes.stale_files):
        for note in notes:
            print_message(f"note: {note}")
    return print_file_report(
        changes, out, description, extra_fields if as_json else None, check=check
    )
