"""What definitions declare, and the plan of it for each target."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from tailboard.alerts import RuleSet
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups
from tailboard.cli.options.sources import find_sources
from tailboard.cli.reports.progress import BuildProgress, StepProgress
from tailboard.cli.reports.terminal import print_message
from tailboard.definitions.build import Build
from tailboard.publish.errors import BrokenDefinitionsError
from tailboard.publish.formats import FormatOptions
from tailboard.publish.grafana.api import RefusedError
from tailboard.publish.grafana.data_sources import check_data_sources
from tailboard.publish.grafana.plan.desired import (
    Desired,
    Publishable,
    build_desired,
    select_data_sources,
)
from tailboard.publish.grafana.plan.plan import LiveState, fetch_live_state, plan_publish
from tailboard.publish.grafana.plan.schema_choice import SchemaChoice
from tailboard.publish.parallel import start_background
from tailboard.publish.rulers.plan import plan_rules
from tailboard.publish.targets.target import EMPTY_PLAN, NOTHING, Target, TargetPlan
from tailboard.queries.rule_expressions import find_expression_errors


@dataclass(frozen=True)
class Declarations:
    """All documents and rule sets that definitions declare."""

    documents: Sequence[Publishable]
    rule_sets: Sequence[RuleSet] = field(default=(), repr=False)


@dataclass(frozen=True)
class PublishOptions:
    """How what is declared is published: the same for every target."""

    schema: str
    scrape_interval: str
    message: str = ""
    runbook_url: str = ""


def plan_definitions(
    context: click.Context,
    definitions: tuple[Path, ...],
    convention: str | None,
    targets: Sequence[Target],
    options: PublishOptions,
    check_target: Callable[[Target, Desired], None],
) -> list[TargetPlan]:
    """The plan for each target; `check_target` looks at its data sources before.

    Servers are asked what they hold while the definitions are built: both take their time.
    Raises `BrokenDefinitionsError` with every mistake of the definitions.
    """
    waits = [_start_fetching(target) for target in targets]
    has_rules = any(target.ruler for target in targets)
    declarations = _read_declarations(context, definitions, convention, has_rules=has_rules)
    count = len(targets) * len(declarations.documents)
    with StepProgress("Comparing", count, sys.stderr) as progress:
        return [
            _plan_target(
                target, wait_for_state, declarations, options, check_target, progress.advance
            )
            for target, wait_for_state in zip(targets, waits, strict=True)
        ]


def _start_fetching(target: Target) -> Callable[[], LiveState] | None:
    """Ask a target's Grafana, if it has one, what it holds; the result waits for the answer."""
    grafana = target.grafana
    if grafana is None:
        return None
    return start_background(lambda: fetch_live_state(grafana.api, target.owner))


def _read_declarations(
    context: click.Context,
    definitions: tuple[Path, ...],
    convention: str | None,
    *,
    has_rules: bool,
) -> Declarations:
    """What the definitions declare, with a bar while there are many."""
    build = Build(list(find_sources(context, definitions, convention)), [], FormatOptions())
    with BuildProgress("Reading", len(build.sources)) as progress:
        documents = [
            Publishable(result.document, result.folder, result.source, result.rows)
            for result in build.build_results(progress)
            if result.document is not None
        ]
    if has_rules:
        build.errors += find_expression_errors(build.rules.values())
    if build.errors:
        raise BrokenDefinitionsError(build.errors)
    for note in build.notes:
        print_message(f"Note: {note}")
    return Declarations(documents, tuple(build.rules.values()))


def _plan_target(
    target: Target,
    wait_for_state: Callable[[], LiveState] | None,
    declarations: Declarations,
    options: PublishOptions,
    check_target: Callable[[Target, Desired], None],
    advance: Callable[[], None],
) -> TargetPlan:
    dashboards, desired = EMPTY_PLAN, NOTHING
    if (grafana := target.grafana) and wait_for_state:
        desired = build_desired(
            select_data_sources(declarations.documents, target.data_source),
            owner=target.owner,
            folder=target.folder,
            message=options.message,
            schema=SchemaChoice(options.schema, lambda: grafana.api.schema_versions),
        )
        for note in desired.notes:
            print_message(f"Note: {note}")
        check_target(target, desired)
        dashboards = plan_publish(
            grafana.api, wait_for_state(), desired.dashboards, desired.folders, advance
        )
    rules = []
    if target.ruler:
        addresses = Addresses(
            target.grafana.address if target.grafana else None, options.runbook_url or None
        )
        groups = [
            group
            for rule_set in declarations.rule_sets
            for group in build_groups(rule_set, addresses)
        ]
        rules = plan_rules(target.ruler, groups, target.owner)
    return TargetPlan(target, dashboards, tuple(rules), desired)


def list_data_source_notes(target: Target, desired: Desired, scrape_interval: str) -> Sequence[str]:
    """What may mislead about the data sources that the dashboards show at a target."""
    if target.grafana is None:
        return ()
    return check_data_sources(target.grafana.connection, desired.documents, scrape_interval)


def find_data_source_problems(
    target: Target, desired: Desired, scrape_interval: str
) -> Sequence[str]:
    """The same, and what publishing would refuse."""
    try:
        return list_data_source_notes(target, desired, scrape_interval)
    except RefusedError as error:
        return [error.problem]
