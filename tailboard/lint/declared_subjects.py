"""What Python definitions declare, as lint judges it: built dashboards, and services' rules."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tailboard.alerts.addresses import Addresses
from tailboard.dashboards.dashboard import Dashboard
from tailboard.dashboards.document import build_document, list_row_layouts
from tailboard.queries.subject import Subject, build_document_subject, build_rules_subject

if TYPE_CHECKING:
    from tailboard.alerts.rule_set import RuleSet
    from tailboard.panels.service import Service


def build_declared_subject(declaration: Any, source: str, addresses: Addresses) -> Subject:
    """The subject of a dashboard or of a service's rules."""
    if not isinstance(declaration, Dashboard):
        from tailboard.alerts.rule_set import RuleSet  # here, since many definitions have no rules

        if isinstance(declaration, RuleSet):
            return _build_rule_set_subject(declaration, source, addresses)
    document = build_document(declaration)
    if rows := list_row_layouts(declaration):
        from tailboard.dashboards.schema_v2.convert import convert_document

        document = convert_document(document, rows)
    return replace(build_document_subject(document, source), is_built=True)


def _build_rule_set_subject(rules: "RuleSet", source: str, addresses: Addresses) -> Subject:
    from tailboard.alerts.groups import build_groups

    subject = build_rules_subject(build_groups(rules, addresses), rules.slug, source)
    metrics = rules.service.convention.metrics.values()
    statuses = dict.fromkeys(metric.statuses for metric in metrics)
    return replace(subject, statuses=tuple(statuses))


def list_fleet_dashboards(fleet: "list[Service]") -> Iterator[Dashboard]:
    """The dashboard that the services of all definitions share."""
    from tailboard.dashboards.library import build_fleet_dashboard

    return build_fleet_dashboard(fleet)
