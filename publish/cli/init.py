"""`tailboard init`: from what a program exposes to a definition that works at once."""

import json
import re
from collections.abc import Sequence
from pathlib import Path, PurePath
from urllib.parse import urlsplit

import click

from panels import Service
from publish.cli.terminal import tell
from publish.errors import TailboardError
from publish.exposition import Catalogue, read
from publish.http.address import is_address, shown
from publish.metrics_source import lines
from publish.recognising.definition_text import Draft, definition_text
from publish.recognising.own_metrics import own_metrics
from publish.recognising.promises import promises
from publish.recognising.recognition import Recognised, recognise
from publish.recognising.report import as_json, told

STDOUT = Path("-")
FOLDER = Path("definitions")
NAMELESS = "service"
MEANINGLESS = {"", "localhost", "metrics", "unknown_service"}
MOST_JOBS = 8

EXAMPLE = """\b
Example:
  tailboard init --metrics metrics.txt --name shop --job shop-api
"""


@click.command("init", epilog=EXAMPLE)
@click.option(
    "--metrics",
    multiple=True,
    metavar="URL|FILE",
    help="What the program exposes, as text; may be repeated.",
)
@click.option("--name", help="What people call the service; else it is guessed.")
@click.option("--job", help="The label job that Prometheus gives it; else the name.")
@click.option(
    "--out",
    "file",  # not `out`: in the settings, that is the folder of a build
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The file to write, - for stdout; else NAME.py, in definitions/ if that is there.",
)
@click.option("--force", is_flag=True, help="Overwrite the file if it is there already.")
@click.option("--json", "json_wanted", is_flag=True, help="What was recognised, as JSON.")
def command(
    metrics: tuple[str, ...],
    name: str | None,
    job: str | None,
    file: Path | None,
    force: bool,
    json_wanted: bool,
) -> int:
    """Write a definition from what a program exposes.

    Recognises the libraries by the labels of their metrics, says what is missing and why, and
    writes a definition of the service that builds, lints and checks at once. Metrics that no
    library exposes get a dashboard of their own.
    """
    if not metrics:
        raise click.UsageError("nothing to look at. Name the program's metrics: --metrics URL|FILE")
    if json_wanted and file == STDOUT:
        raise click.UsageError("--json and --out - would both write to stdout. Leave one out.")
    there = Catalogue()
    for source in metrics:
        read(lines(source), there, shown(source))
    for note in there.notes:
        tell(f"Note: {note}")
    named = _checked(name) if name is not None else _guessed(metrics[0], there)
    draft = _draft(there, named, job)
    target = file or (FOLDER if FOLDER.is_dir() else Path()) / f"{_slug(draft)}.py"
    _write(definition_text(draft), target, force=force)
    if json_wanted:
        click.echo(json.dumps({"file": str(target), **as_json(draft, there)}, indent=2))
    for line in told(draft, there):
        tell(line)
    if target != STDOUT:
        guessed = f"the name {draft.name!r}, " if name is None else ""
        guessed += "" if job else f"the job {' or '.join(map(repr, draft.jobs))}, "
        _next_steps(draft, target, metrics, guessed)
    return 0


def _draft(there: Catalogue, name: str, job: str | None) -> Draft:
    recognised = recognise(there)
    own = own_metrics(there, recognised)
    if not there.series:
        raise TailboardError(
            "no metric has a series yet",
            tip="let the program answer a few requests, then ask again.",
        )
    jobs = [job] if job else _jobs(there, recognised) or [name]
    return Draft(name, jobs, recognised, promises(there, recognised), own)


def _jobs(there: Catalogue, recognised: Recognised) -> list[str]:
    """The jobs that pushed: with `honor_labels`, what a Pushgateway exposes says whose it is."""
    labels = there.metrics["push_time_seconds"].labels if recognised.pushed else {}
    return sorted(labels["job"].known)[:MOST_JOBS] if "job" in labels else []


def _checked(name: str) -> str:
    if not name.strip() or not name.isprintable():
        raise click.UsageError(f"{name!r} is no name. Give it the name people say.")
    return name.strip()


def _guessed(source: str, there: Catalogue) -> str:
    """What OpenTelemetry calls it, else the host's or the file's name."""
    told = there.metrics["target_info"].labels if "target_info" in there.metrics else {}
    names = sorted(told["service_name"].known) if "service_name" in told else []
    if not is_address(source):
        names.append(re.split(r"[.]", PurePath(source).name)[0])
    else:
        host = urlsplit(source).hostname or ""
        names.append("" if re.fullmatch(r"[\d.]+|.*:.*", host) else host.partition(".")[0])
    usable = (it for it in names if it not in MEANINGLESS and it.strip() and it.isprintable())
    return next(usable, NAMELESS)


def _slug(draft: Draft) -> str:
    return Service(draft.name, {"job": draft.name}, draft.recognised.convention).slug


def _write(text: str, target: Path, *, force: bool) -> None:
    if target == STDOUT:
        click.echo(text, nl=False)
        return
    if target.suffix != ".py":
        raise TailboardError(f"{target} is not a Python file", tip="give it the suffix .py.")
    try:
        with target.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise TailboardError(
            f"{target} is there already", tip="name another file with --out, or use --force."
        ) from error


def _next_steps(draft: Draft, target: Path, metrics: Sequence[str], guessed: str) -> None:
    tell(f"Wrote {target}. Look at {guessed}the objectives, then:")
    sources = " ".join(f"--metrics {shown(it)}" for it in metrics)
    tell(f"  tailboard build {target}")
    tell(f"  tailboard lint {target}")
    tell(f"  tailboard check {target} {sources}")
