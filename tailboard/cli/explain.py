"""`tailboard explain`: what a panel, dashboard, rule, convention, kind or format is."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import click

from tailboard.alerts.rule import AlertRule
from tailboard.alerts.rules import Maker
from tailboard.catalogue import Entry, everything, summary
from tailboard.check.check_running import Check
from tailboard.dashboards.dashboard import Dashboard
from tailboard.dashboards.passes.plain import panel_of
from tailboard.lint.linting import LintRule
from tailboard.panels import Objectives, Service, promql
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import CONVENTIONS
from tailboard.panels.definition_error import DefinitionError, did_you_mean


def _complete(_: click.Context, __: click.Parameter, typed: str) -> list[str]:
    return [entry.name for _, entry in everything() if entry.name.startswith(typed)]


ORDERS = {"job": "orders-api"}

EXAMPLE = """\b
Example:
  tailboard explain latency.percentiles
"""


@click.command("explain", epilog=EXAMPLE)
@click.argument("name", shell_complete=_complete)
def command(name: str) -> int:
    """Explain a panel, dashboard, rule, convention, kind or format."""
    found = [(kind, entry) for kind, entry in everything() if entry.name == name]
    if not found:
        known = [entry.name for _, entry in everything()]
        raise click.UsageError(
            f"there is nothing called {name!r}: {did_you_mean(name, known)}\n"
            "`tailboard list` shows all names."
        )
    click.echo("\n\n".join("\n".join(_explained(kind, entry)) for kind, entry in found))
    return 0


def _explained(kind: str, entry: Entry) -> Iterator[str]:
    yield f"{entry.name} ({kind.removesuffix('s')})"
    yield ""
    if isinstance(entry.thing, Convention):
        yield from _convention(entry.thing)
        return
    if isinstance(entry.thing, LintRule | Check):
        yield f"{entry.thing.severity}: {(entry.thing.page or '').strip()}"
        return
    yield (inspect.getdoc(entry.thing) if callable(entry.thing) else None) or summary(entry)
    if kind == "rules":
        yield from _rule(entry.thing)
    elif callable(entry.thing):
        yield ""
        yield f"{entry.name}{inspect.signature(entry.thing)}"
    if kind == "panels":
        yield from _panel(entry.thing)
    if kind == "dashboards":
        yield from _dashboard(entry.thing)


def _convention(convention: Convention) -> Iterator[str]:
    yield convention.library
    yield ""
    yield "It carries:"
    for concept, metric in convention.metrics.items():
        labels = ", ".join(metric.labels.values())
        yield f"  {concept.name}: {metric.name}{f'{{{labels}}}' if labels else ''}"
        if metric.caution:
            yield f"    {metric.caution}"
    if convention.missing:
        yield ""
        yield "It does not carry:"
        for concept, why in convention.missing.items():
            yield f"  {concept.name}: {why}"
    if convention.notes:
        yield ""
        yield "Worth knowing:"
        yield from (f"  {note}" for note in convention.notes)


def _panel(builder: Callable[..., Any]) -> Iterator[str]:
    able = [(it, panel) for it in CONVENTIONS if (panel := _try(builder, it)) is not None]
    if not able:
        return
    convention, panel = able[0]
    yield ""
    yield f"With {convention.name}: {panel.title}"
    yield f"  {panel.description}"
    for target in panel_of(panel)["targets"]:
        yield f"  {target['expr']}"
    yield ""
    yield f"Conventions that can feed it: {', '.join(it.name for it, _ in able)}"


def _rule(make: Maker) -> Iterator[str]:
    able = [(it, found) for it in CONVENTIONS if (found := _alerts(make, it))]
    convention, alerts = able[0]
    for rule in alerts:
        yield ""
        yield f"With {convention.name}: {rule.severity} after {rule.lasting}"
        yield f"  {rule.summary}"
        yield f"  {rule.description}"
        yield f"  {promql.bare(rule.expression)}"
    yield ""
    yield f"Conventions that can feed it: {', '.join(it.name for it, _ in able)}"


def _alerts(make: Maker, convention: Convention) -> list[AlertRule]:
    """The rule's alerts for a convention; none where it has no metric for it."""
    promised = Objectives(availability=0.999, latency={0.99: 1.0})
    try:
        found = list(make(Service("orders", ORDERS, convention, promised).as_recorded()))
    except DefinitionError:
        return []
    return [it for it in found if isinstance(it, AlertRule)]


def _dashboard(build: Callable[..., Any]) -> Iterator[str]:
    made = next((it for it in (_try(build, c) for c in CONVENTIONS) if _has_rows(it)), None)
    if made is None:
        return
    for row in made.rows:
        yield ""
        yield row.title
        yield from (f"  {panel.title}: {panel.description}" for panel in row.panels)


def _has_rows(made: Any) -> bool:
    return isinstance(made, Dashboard) and bool(made.rows)


def _try(builder: Callable[..., Any], convention: Convention) -> Any:
    """What the builder makes for a convention; None where it has no metric, or wants more."""
    required = [
        it
        for it in inspect.signature(builder).parameters.values()
        if it.default is inspect.Parameter.empty
    ]
    if len(required) != 1:
        return None
    service = Service("orders", ORDERS, convention)
    try:
        return builder(service if required[0].name == "service" else [service])
    except DefinitionError:
        return None
