"""All rules of one service, and how its definition silences, changes or adds some."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, Self

from tailboard.alerts.link import PanelLink, find_panel_links
from tailboard.alerts.recording import build_rate_rules, build_ratio_rules
from tailboard.alerts.rule import IMMEDIATE, AlertRule, Note, RecordingRule
from tailboard.alerts.rules import RULES, RuleBuilder
from tailboard.dashboards.dashboard import Dashboard
from tailboard.dashboards.library import build_service_dashboards
from tailboard.panels.definition_error import (
    DefinitionError,
    MissingMetricError,
    locate_errors,
    suggest_name,
)
from tailboard.panels.duration import validate_duration
from tailboard.panels.matcher import GRAFANA_VARIABLE, LABEL_NAME
from tailboard.panels.record import record
from tailboard.panels.service import Service

CHANGEABLE_FIELDS = ("severity", "lasting", "keep_firing", "labels", "summary", "description")
"""What a definition may change of a rule; its limit stands in the service's objectives."""


@record
class RuleSet:
    """The rules of one service. `links` says for each alert rule which panel shows it.

    `notes` are what somebody who relies on the rules should know: where one is inexact, which one
    is silenced and why. `user_rules` are the names of the rules that a definition adds.
    """

    service: Service
    rates: tuple[RecordingRule, ...]
    ratios: tuple[RecordingRule, ...]
    alerts: tuple[AlertRule, ...]
    links: tuple[PanelLink | None, ...]
    notes: tuple[str, ...] = ()
    user_rules: frozenset[str] = frozenset()

    @property
    def slug(self) -> str:
        """What its files are called after."""
        return self.service.slug

    @property
    def linked_alerts(self) -> tuple[tuple[AlertRule, PanelLink | None], ...]:
        """Each alert rule with its panel."""
        return tuple(zip(self.alerts, self.links, strict=True))

    def silence(self, name: str, *, because: str) -> Self:
        """The same rules without those of a name; the reason is written beside the others."""
        self._check_name(name)
        if not because.strip():
            raise DefinitionError(
                f"{name} is silenced without a reason",
                tip=f'write silence("{name}", because="...").',
            )
        indexes = [index for index, rule in enumerate(self.alerts) if rule.name != name]
        return dataclasses.replace(
            self,
            alerts=tuple(self.alerts[index] for index in indexes),
            links=tuple(self.links[index] for index in indexes),
            notes=(*self.notes, f"{name} is silenced: {because}"),
        )

    def change(self, name: str, **changes: Any) -> Self:
        """The same rules with other fields in those of a name.

        `lasting`, `keep_firing`, `severity`, `labels`, `summary`, `description`. What an alert
        compares with is an objective of the service, so that its panel changes too.
        """
        self._check_name(name)
        for field in changes:
            if field not in CHANGEABLE_FIELDS:
                raise DefinitionError(
                    f"{field!r} of the rule {name} cannot be changed",
                    tip=f"{suggest_name(field, CHANGEABLE_FIELDS)} Limits are objectives of the "
                    "service.",
                )
        alerts = tuple(
            validate_rule(dataclasses.replace(rule, **changes)) if rule.name == name else rule
            for rule in self.alerts
        )
        return dataclasses.replace(self, alerts=alerts)

    def add(self, *rules: AlertRule) -> Self:
        """The same rules, and these."""
        for rule in rules:
            validate_rule(rule)
        links = find_panel_links(rules, self.service, build_service_dashboards(self.service))
        return dataclasses.replace(
            self,
            alerts=(*self.alerts, *rules),
            links=(*self.links, *links),
            user_rules=self.user_rules | {rule.name for rule in rules},
        )

    def _check_name(self, name: str) -> None:
        names = {rule.name for rule in self.alerts}
        if name not in names:
            raise DefinitionError(
                f"the service {self.service.name!r} has no rule {name!r}",
                tip=suggest_name(name, names),
            )


def rules_of(service: Service, *, dashboards: Sequence[Dashboard] = ()) -> RuleSet:
    """Every rule that a service's convention can feed, from the objectives of its panels.

    Alerts open a panel of `dashboards`; without any, of the library's.
    """
    with locate_errors(f"the rules of {service.name!r}"):
        _check_selector(service)
        rules_and_notes = [
            rule_or_note
            for build_rules in RULES
            for rule_or_note in _build_feasible_rules(build_rules, service.as_recorded())
        ]
        alerts = tuple(
            validate_rule(rule) for rule in rules_and_notes if isinstance(rule, AlertRule)
        )
        linked_dashboards = dashboards or tuple(build_service_dashboards(service))
        return RuleSet(
            service,
            tuple(build_rate_rules(service)),
            tuple(build_ratio_rules(service)),
            alerts,
            find_panel_links(alerts, service, linked_dashboards),
            tuple(dict.fromkeys(note.text for note in rules_and_notes if isinstance(note, Note))),
        )


def validate_rule(rule: AlertRule) -> AlertRule:
    """The rule itself, if Prometheus takes it and somebody can act on it."""
    with locate_errors(f"the alert rule {rule.name}"):
        if rule.lasting != IMMEDIATE:
            validate_duration(rule.lasting)
        if rule.keep_firing:
            validate_duration(rule.keep_firing)
        if rule.severity not in {"critical", "warning"}:
            raise DefinitionError(
                f"a severity of {rule.severity!r}", tip="choose critical, which pages, or warning."
            )
        for label, value in rule.labels.items():
            _check_label(label)
            if not isinstance(value, str):
                raise DefinitionError(
                    f"its label {label!r} is {value!r}, which is not a string",
                    tip=f"write {str(value)!r} in quotes.",
                )
        for name in ("summary", "description"):
            if not getattr(rule, name).strip():
                raise DefinitionError(
                    f"it has no {name}", tip="say who is affected and what to look at first."
                )
        if GRAFANA_VARIABLE.search(rule.expression):
            raise DefinitionError(
                "its expression has a variable of Grafana, which Prometheus does not know",
                tip="write the range itself: rate(requests_total[5m]).",
            )
    return rule


def _check_label(name: str) -> None:
    """Refuse a label that not every Prometheus takes, since it would refuse the whole file."""
    if not LABEL_NAME.fullmatch(name):
        raise DefinitionError(
            f"{name!r} is not a label name",
            tip="label names are letters, digits and underscores, and do not begin with a digit.",
        )


def _build_feasible_rules(build_rules: RuleBuilder, service: Service) -> Iterator[AlertRule | Note]:
    """A rule's alerts, or none where the convention has no metric for it."""
    try:
        yield from list(build_rules(service))
    except MissingMetricError:
        return


def _check_selector(service: Service) -> None:
    if service.has_grafana_variable:
        raise DefinitionError(
            "its selector has a variable of Grafana, which Prometheus does not know",
            tip='name the service\'s own targets: selector={"job": "orders-api"}.',
        )
