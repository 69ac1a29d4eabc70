"""`tailboard init`: from what a program exposes to a definition that works at once."""

import re
from dataclasses import replace
from pathlib import Path, PurePath

import click

from tailboard.cli.new_definition import STDOUT, NewDefinition
from tailboard.cli.options.metrics_options import (
    ENVIRONMENT_HELP,
    MetricsSource,
    add_metrics_options,
)
from tailboard.cli.reports.terminal import print_json_report
from tailboard.init.draft import build_draft
from tailboard.metrics.catalogue import Catalogue
from tailboard.metrics.scrape_verdict import RefusedScrapeError
from tailboard.publish.http.address import format_address, is_address, parse_address

DEFAULT_NAME = "service"
GENERIC_NAMES = {"", "app", "localhost", "main", "metrics", "prometheus_client", "unknown_service"}

EXAMPLE = f"""{ENVIRONMENT_HELP}\b
Example:
  tailboard init --metrics metrics.txt --name shop --job shop-api
"""


@click.command("init", epilog=EXAMPLE)
@add_metrics_options
@click.option("--name", help="What people call the service; else it is guessed.")
@click.option("--job", help="The label job that Prometheus gives it; else the name.")
@click.option("--all-jobs", is_flag=True, help="Of a server: a definition for each of its jobs.")
@click.option(
    "--out",
    "file",  # not `out`: in the settings, that is the folder of a build
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The file to write, - for stdout; else NAME.py, or NAME-service.py where a module is "
    "called NAME, in definitions/ if that is there.",
)
@click.option("--force", is_flag=True, help="Overwrite the file if it is there already.")
@click.option("--json", "as_json", is_flag=True, help="What was recognised, as JSON.")
@click.pass_context
def command(
    context: click.Context,
    source: MetricsSource,
    name: str | None,
    job: str | None,
    all_jobs: bool,
    file: Path | None,
    force: bool,
    as_json: bool,
) -> int:
    """Write a definition from what a program exposes.

    Recognises the libraries by the labels of their metrics, says what is missing and why, and
    writes a definition of the service that builds, lints and checks at once. Metrics that no
    library exposes get a dashboard of their own.

    With --prometheus, it is what the server has of a job, and what is promised is what was seen in
    the last hour. Of several jobs that look like applications, lists them and exits 2, unless --job
    names one. A PROMETHEUS_URL of the environment gives way to --metrics and --registry.
    """
    source.validate(context)
    if as_json and file == STDOUT:
        raise click.UsageError("--json and --out - would both write to stdout. Leave one out.")
    if name is not None:
        name = _validate_name(name)
    if all_jobs and (source.has_exposition or name or job or file):
        raise click.UsageError("--all-jobs is for --prometheus, without --name, --job and --out.")
    if not source.has_exposition:
        from tailboard.cli.options.job_selection import (
            build_job_definition,
            write_all_definitions,
        )

        if all_jobs:
            return write_all_definitions(source, force=force, as_json=as_json)
        new_definition = build_job_definition(source, name, job, as_json=as_json)
    else:
        new_definition = _build_from_exposition(source, name, job)
    if new_definition is None:
        return 2
    path = new_definition.resolve_path(file)
    new_definition.write_file(path, force=force)
    if as_json:
        print_json_report(new_definition.build_report(path))
    new_definition.print_report(path)
    return 0


def _build_from_exposition(
    source: MetricsSource, name: str | None, job: str | None
) -> NewDefinition:
    catalogue = source.read_metrics()
    sources = [*source.metrics, *source.registries]
    if catalogue.refusals:
        raise RefusedScrapeError(catalogue.refusals[0])
    draft = build_draft(catalogue, name or _guess_name(sources[0], catalogue), [job] if job else ())
    check_options = [
        option for address in source.metrics for option in ("--metrics", format_address(address))
    ]
    check_options += [
        option for registry in source.registries for option in ("--registry", registry)
    ]
    guesses = [] if name else [f"the name {draft.name!r}"]
    if not job and draft.jobs == [draft.name]:
        return NewDefinition(
            replace(draft, guesses=(*(() if name else ("name",)), "job")), catalogue, check_options
        )
    guesses += [] if job else [f"the job {' or '.join(map(repr, draft.jobs))}"]
    return NewDefinition(draft, catalogue, check_options, guesses)


def _validate_name(name: str) -> str:
    if not name.strip() or not name.isprintable():
        raise click.UsageError(f"{name!r} is no name. Give it the name people say.")
    return name.strip()


def _guess_name(source: str, catalogue: Catalogue) -> str:
    """What OpenTelemetry calls it, else the host's, the file's or the package's name."""
    info_labels = (
        catalogue.metrics["target_info"].labels if "target_info" in catalogue.metrics else {}
    )
    names = (
        sorted(info_labels["service_name"].known_values) if "service_name" in info_labels else []
    )
    if not is_address(source):
        names.append(re.split(r"[.:]", PurePath(source).name)[0])
    else:
        host = parse_address(source.strip()).host or ""
        names.append("" if re.fullmatch(r"[\d.]+|\[.*", host) else host.partition(".")[0])
    usable_names = (
        name for name in names if name not in GENERIC_NAMES and name.strip() and name.isprintable()
    )
    return next(usable_names, DEFAULT_NAME)
