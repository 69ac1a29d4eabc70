"""`tailboard init`: from what a program exposes to a definition that works at once."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from urllib.parse import urlsplit

import click

from tailboard.cli.begun import STDOUT, Begun
from tailboard.cli.metrics_options import (
    ALLOW_HTTP,
    METRICS,
    PROMETHEUS,
    REGISTRY,
    TIMEOUT,
    VARIABLES,
    is_exposition,
)
from tailboard.cli.metrics_read import metrics_read
from tailboard.init.drafting import drafted
from tailboard.metrics.exposition import Catalogue
from tailboard.publish.http.address import is_address, shown

NAMELESS = "service"
MEANINGLESS = {"", "app", "localhost", "main", "metrics", "prometheus_client", "unknown_service"}

EXAMPLE = f"""{VARIABLES}\b
Example:
  tailboard init --metrics metrics.txt --name shop --job shop-api
"""


@click.command("init", epilog=EXAMPLE)
@METRICS
@REGISTRY
@PROMETHEUS
@click.option("--name", help="What people call the service; else it is guessed.")
@click.option("--job", help="The label job that Prometheus gives it; else the name.")
@click.option("--all-jobs", is_flag=True, help="Of a server: a definition for each of its jobs.")
@click.option(
    "--out",
    "file",  # not `out`: in the settings, that is the folder of a build
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The file to write, - for stdout; else NAME.py, in definitions/ if that is there.",
)
@click.option("--force", is_flag=True, help="Overwrite the file if it is there already.")
@TIMEOUT
@ALLOW_HTTP
@click.option("--json", "json_wanted", is_flag=True, help="What was recognised, as JSON.")
@click.pass_context
def command(
    context: click.Context,
    metrics: tuple[str, ...],
    registries: tuple[str, ...],
    prometheus: str | None,
    name: str | None,
    job: str | None,
    all_jobs: bool,
    file: Path | None,
    force: bool,
    timeout: float,
    allow_http: bool,
    json_wanted: bool,
) -> int:
    """Write a definition from what a program exposes.

    Recognises the libraries by the labels of their metrics, says what is missing and why, and
    writes a definition of the service that builds, lints and checks at once. Metrics that no
    library exposes get a dashboard of their own.

    With --prometheus, it is what the server has of a job, and what is promised is what was seen in
    the last hour. Of several jobs that look like applications, lists them and exits 2, unless --job
    names one. A PROMETHEUS_URL of the environment gives way to --metrics and --registry.
    """
    exposition = is_exposition(context, metrics, registries)
    if json_wanted and file == STDOUT:
        raise click.UsageError("--json and --out - would both write to stdout. Leave one out.")
    if name is not None:
        name = _checked(name)
    if all_jobs and (exposition or name or job or file):
        raise click.UsageError("--all-jobs is for --prometheus, without --name, --job and --out.")
    if not exposition and prometheus:
        from tailboard.cli.init_of_server import Wanted, begun_of_all, begun_of_server

        wanted = Wanted(prometheus, timeout=timeout, allow_http=allow_http, is_json=json_wanted)
        if all_jobs:
            return begun_of_all(wanted, force=force)
        begun = begun_of_server(wanted, name, job)
    else:
        begun = _of_exposition(metrics, registries, name, job)
    if begun is None:
        return 2
    target = begun.target(file)
    begun.write(target, force=force)
    if json_wanted:
        click.echo(json.dumps(begun.report(target), indent=2))
    begun.say(target)
    return 0


def _of_exposition(
    metrics: Sequence[str], registries: Sequence[str], name: str | None, job: str | None
) -> Begun:
    there = metrics_read(metrics, registries)
    draft = drafted(
        there, name or _guessed([*metrics, *registries][0], there), [job] if job else ()
    )
    asked = [it for one in metrics for it in ("--metrics", shown(one))]
    asked += [it for one in registries for it in ("--registry", one)]
    guessed = [] if name else [f"the name {draft.name!r}"]
    if not job and draft.jobs == [draft.name]:
        return Begun(replace(draft, guessed=(*(() if name else ("name",)), "job")), there, asked)
    guessed += [] if job else [f"the job {' or '.join(map(repr, draft.jobs))}"]
    return Begun(draft, there, asked, guessed)


def _checked(name: str) -> str:
    if not name.strip() or not name.isprintable():
        raise click.UsageError(f"{name!r} is no name. Give it the name people say.")
    return name.strip()


def _guessed(source: str, there: Catalogue) -> str:
    """What OpenTelemetry calls it, else the host's, the file's or the package's name."""
    told = there.metrics["target_info"].labels if "target_info" in there.metrics else {}
    names = sorted(told["service_name"].known) if "service_name" in told else []
    if not is_address(source):
        names.append(re.split(r"[.:]", PurePath(source).name)[0])
    else:
        host = urlsplit(source).hostname or ""
        names.append("" if re.fullmatch(r"[\d.]+|.*:.*", host) else host.partition(".")[0])
    usable = (it for it in names if it not in MEANINGLESS and it.strip() and it.isprintable())
    return next(usable, NAMELESS)
