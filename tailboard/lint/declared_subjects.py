"""What Python definitions declare, as lint judges it: built dashboards, and services' rules."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups
from tailboard.alerts.rule_set import RuleSet
from tailboard.dashboards.dashboard import Dashboard
from tailboard.dashboards.document import build_document, list_row_layouts
from tailboard.dashboards.library import build_fleet_dashboard
from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.panels.service import Service
from tailboard.queries.subject import Subject, build_document_subject, build_rules_subject


def build_declared_subject(declaration: Any, source: str, addresses: Addresses) -> Subject:
    """The subject of a dashboard or of a service's rules."""
    if isinstance(declaration, RuleSet):
        groups = build_groups(declaration, addresses)
        subject = build_rules_subject(groups, declaration.slug, source)
        metrics = declaration.service.convention.metrics.values()
        statuses = dict.fromkeys(metric.statuses for metric in metrics)
        return replace(subject, statuses=tuple(statuses))
    document = build_document(declaration)
    if rows := list_row_layouts(declaration):
        document = convert_document(document, rows)
    return replace(build_document_subject(document, source), is_built=True)


def list_fleet_dashboards(fleet: list[Service]) -> Iterator[Dashboard]:
    """The dashboard that the services of all definitions share."""
    return build_fleet_dashboard(fleet)
