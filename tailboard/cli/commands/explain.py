"""`tailboard explain`: what a panel, dashboard, rule, convention, kind or format is."""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import click

from tailboard.alerts.rule import AlertRule
from tailboard.alerts.rules import RuleBuilder
from tailboard.catalogue import Entry, describe_entry, list_entries
from tailboard.check.engine import Check
from tailboard.cli.reports.terminal import print_raw
from tailboard.dashboards.dashboard import Dashboard
from tailboard.lint.engine import LintRule, render_page
from tailboard.panels import Objectives, Service, promql
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import CONVENTIONS
from tailboard.panels.definition_error import DefinitionError, suggest_name
from tailboard.panels.metric import Role


def _complete_name(_: click.Context, __: click.Parameter, prefix: str) -> list[str]:
    return [entry.name for _, entry in list_entries() if entry.name.startswith(prefix)]


MODULE_PATH = re.compile(r"\b(?:\w+\.)+(?=\w)")
EXAMPLE_SELECTOR = {"job": "orders-api"}

EXAMPLE = """\b
Example:
  tailboard explain latency.percentiles
"""


@click.command("explain", epilog=EXAMPLE)
@click.argument("name", shell_complete=_complete_name)
def command(name: str) -> int:
    """Explain a panel, dashboard, rule, convention, kind or format."""
    entries = [(kind, entry) for kind, entry in list_entries() if entry.name == name]
    if not entries:
        names = [entry.name for _, entry in list_entries()]
        raise click.UsageError(
            f"there is nothing called {name!r}: {suggest_name(name, names)}\n"
            "`tailboard list` shows all names."
        )
    texts = ("\n".join(_render_entry(kind, entry)) for kind, entry in entries)
    print_raw("\n\n".join(texts) + "\n")
    return 0


def _render_entry(kind: str, entry: Entry) -> Iterator[str]:
    yield f"{entry.name} ({kind.removesuffix('s')})"
    yield ""
    if isinstance(entry.value, Convention):
        yield from _render_convention(entry.value)
        return
    if isinstance(entry.value, LintRule | Check):
        page = render_page(entry.value) if isinstance(entry.value, LintRule) else entry.value.page
        yield f"{entry.value.severity}: {(page or '').strip()}"
        return
    yield (inspect.getdoc(entry.value) if callable(entry.value) else None) or describe_entry(entry)
    if kind == "rules":
        yield from _render_rule(entry.value)
    elif callable(entry.value):
        yield ""
        yield f"{entry.name}{_format_signature(entry.value)}"
    if kind == "panels":
        yield from _render_panel(entry.value)
    if kind == "dashboards":
        yield from _render_dashboard(entry.value)


class _ShortAnnotation:
    """A type in a signature, written without the modules that its names are from."""

    def __init__(self, annotation: Any) -> None:
        self.text = MODULE_PATH.sub("", inspect.formatannotation(annotation))

    def __repr__(self) -> str:
        return self.text


def _format_signature(function: Callable[..., Any]) -> str:
    """The parameters of a function and what it returns, as its definition shows them."""
    empty = inspect.Parameter.empty
    signature = inspect.signature(function)
    parameters = [
        parameter
        if parameter.annotation is empty
        else parameter.replace(annotation=_ShortAnnotation(parameter.annotation))
        for parameter in signature.parameters.values()
    ]
    result = signature.return_annotation
    return str(
        signature.replace(
            parameters=parameters,
            return_annotation=result if result is empty else _ShortAnnotation(result),
        )
    )


def _render_convention(convention: Convention) -> Iterator[str]:
    yield convention.library
    yield ""
    yield "It carries:"
    for concept, metric in convention.metrics.items():
        labels = ", ".join(metric.labels.values())
        yield f"  {concept.name}: {metric.name}{f'{{{labels}}}' if labels else ''}"
        if Role.STATUS in metric.labels:
            yield f"    {metric.statuses.describe_groups()}"
        if metric.caution:
            yield f"    {metric.caution}"
    if convention.missing:
        yield ""
        yield "It does not carry:"
        for concept, reason in convention.missing.items():
            yield f"  {concept.name}: {reason}"
    if convention.notes:
        yield ""
        yield "Worth knowing:"
        yield from (f"  {note}" for note in convention.notes)


def _render_panel(builder: Callable[..., Any]) -> Iterator[str]:
    examples = [
        (convention, panel)
        for convention in CONVENTIONS
        if (panel := _build_example(builder, convention)) is not None
    ]
    if not examples:
        return
    convention, panel = examples[0]
    yield ""
    yield f"With {convention.name}: {panel.title}"
    yield f"  {panel.description}"
    for target in panel.targets:
        yield f"  {target.expr}"
    yield ""
    yield _format_conventions(convention for convention, _ in examples)


def _format_conventions(conventions: Iterable[Convention]) -> str:
    names = ", ".join(convention.name for convention in conventions)
    return f"Conventions that can feed it: {names}"


def _render_rule(rule_builder: RuleBuilder) -> Iterator[str]:
    examples = [
        (convention, alert_rules)
        for convention in CONVENTIONS
        if (alert_rules := _build_alerts(rule_builder, convention))
    ]
    convention, alerts = examples[0]
    for rule in alerts:
        yield ""
        yield f"With {convention.name}: {rule.severity} {rule.timing}"
        yield f"  {rule.summary}"
        yield f"  {rule.description}"
        yield f"  {promql.strip_parentheses(rule.expression)}"
    yield ""
    yield _format_conventions(convention for convention, _ in examples)


def _build_alerts(rule_builder: RuleBuilder, convention: Convention) -> list[AlertRule]:
    """The rule's alerts for a convention; none where it has no metric for it."""
    objectives = Objectives(availability=0.999, latency={0.99: 1.0}, first_token={0.99: 1.0})
    try:
        rules = list(
            rule_builder(Service("orders", EXAMPLE_SELECTOR, convention, objectives).as_recorded())
        )
    except DefinitionError:
        return []
    return [rule for rule in rules if isinstance(rule, AlertRule)]


def _render_dashboard(builder: Callable[..., Any]) -> Iterator[str]:
    dashboard = next(
        (
            candidate
            for candidate in (_build_example(builder, convention) for convention in CONVENTIONS)
            if _has_rows(candidate)
        ),
        None,
    )
    if dashboard is None:
        return
    for row in dashboard.rows:
        yield ""
        yield row.title
        yield from (f"  {panel.title}: {panel.description}" for panel in row.panels)


def _has_rows(dashboard: Any) -> bool:
    return isinstance(dashboard, Dashboard) and bool(dashboard.rows)


def _build_example(builder: Callable[..., Any], convention: Convention) -> Any:
    """What the builder returns for a convention; None where a metric or an argument is missing."""
    required_parameters = [
        parameter
        for parameter in inspect.signature(builder).parameters.values()
        if parameter.default is inspect.Parameter.empty
    ]
    if len(required_parameters) != 1:
        return None
    service = Service("orders", EXAMPLE_SELECTOR, convention)
    try:
        return builder(service if required_parameters[0].name == "service" else [service])
    except DefinitionError:
        return None
