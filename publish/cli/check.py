"""`tailboard check`: whether queries ask for what is there."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

import click

from publish.checking import DATA, EVENTLESS, STATES, Checked, check, worst
from publish.cli.terminal import tell
from publish.exposition import Catalogue, read
from publish.http.address import shown
from publish.linted import subjects
from publish.metrics_source import lines
from publish.registry import exposed, registry_named
from publish.subject import queries

FINE = {DATA, EVENTLESS}

EXAMPLE = """\b
Example:
  tailboard check orders.py --metrics http://localhost:8000/metrics
"""


@click.command("check", epilog=EXAMPLE)
@click.argument("definitions", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--metrics",
    multiple=True,
    metavar="URL|FILE",
    help="What a program exposes, as text; may be repeated.",
)
@click.option(
    "--registry",
    "registries",
    multiple=True,
    metavar="MODULE:OBJECT",
    help="A prometheus-client registry of the application; may be repeated.",
)
@click.option(
    "--target-label",
    "target_labels",
    multiple=True,
    metavar="NAME",
    help="A label that Prometheus adds to every target; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Every query with its state, as JSON.")
def command(
    definitions: tuple[Path, ...],
    metrics: tuple[str, ...],
    registries: tuple[str, ...],
    target_labels: tuple[str, ...],
    as_json: bool,
) -> int:
    """Compare every query with the metrics that programs expose.

    Each query of a panel and each rule is one of: data, no such event yet, no such label, no such
    metric, query error. Of all but the first two, exits 1. Needs no Prometheus: what Prometheus
    adds itself counts as there, and so does what a rule of the same run records.
    """
    if not definitions:
        raise click.UsageError(
            "nothing to check. Name a definition, a JSON document or a rule file."
        )
    if not metrics and not registries:
        raise click.UsageError(
            "nothing to compare with. Name the program's metrics: --metrics URL|FILE, or its "
            "registry: --registry MODULE:OBJECT."
        )
    asked = list(subjects(definitions))
    catalogue = Catalogue()
    if any(True for it in asked for _ in queries(it)):
        for source in metrics:
            read(lines(source), catalogue, shown(source))
        for name in registries:
            read(exposed(registry_named(name)), catalogue, name)
    for note in catalogue.notes:
        tell(f"Note: {note}")
    checked = check(asked, catalogue, target_labels)
    shown_as = _json if as_json else _text
    if text := shown_as(checked):
        click.echo(text)
    tell(_summary(checked))
    return int(any(it.state not in FINE for it in checked))


def _summary(checked: Sequence[Checked]) -> str:
    counted = Counter(it.state for it in checked)
    several = f"{len(checked)} {'query' if len(checked) == 1 else 'queries'}"
    return f"{several}: {', '.join(f'{counted[it]} {it}' for it in STATES)}"


def _json(checked: Sequence[Checked]) -> str:
    return json.dumps([asdict(it) for it in checked], indent=2)


def _text(checked: Sequence[Checked]) -> str:
    """Each panel and rule that is not all right, and what is wrong with its queries."""
    told = []
    for (source, dashboard, panel), group in groupby(checked, key=_panel):
        found = list(group)
        state = worst(found)
        if state == DATA:
            continue
        told.append(f"{source}: {dashboard}: {panel}: {_colored(state)}")
        for it in found:
            if it.state != DATA:
                which = " ".join(part for part in (it.place.query, _colored(it.state)) if part)
                told += [f"  {which}: {it.problem}", f"    Tip: {it.tip}"]
    return "\n".join(told)


def _panel(checked: Checked) -> tuple[str, str, str]:
    return checked.place.source, checked.place.dashboard, checked.place.panel


def _colored(state: str) -> str:
    return click.style(state, fg="yellow" if state in FINE else "red")
