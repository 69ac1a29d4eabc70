"""The rules as Grafana-managed alert rules, in the tree that a Grafana loads from its disk.

https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tailboard.alerts.addresses import Addresses
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.publish.formats.format import File, Format, FormatOptions
from tailboard.publish.formats.provisioning import NAME, ROOT
from tailboard.publish.formats.yaml_text import render_yaml

if TYPE_CHECKING:
    from tailboard.alerts import RuleSet
    from tailboard.alerts.link import PanelLink
    from tailboard.alerts.rule import AlertRule

JsonObject = dict[str, Any]

TEMPLATE_ACTION = declare_pattern(r"{{.*?}}", re.DOTALL)
VALUE_REFERENCE = declare_pattern(r"\$value\b|(?<![\w.)])\.Value\b")
PROMETHEUS_ONLY = declare_pattern(r"(?<![\w.$\"])query\b|[$.][eE]xternal(?:Labels|URL)\b")
"""Functions and variables of Prometheus' templates that Grafana's do not have."""

ALERT_FOLDER = "Tailboard alerts"
"""Not the dashboards' folder: Grafana creates this one first, and then two have one title."""

ANY_VALUE_CONDITION = "is_number($A) || is_nan($A) || is_inf($A)"
"""True of every series: Prometheus has an alert for each, also where its value is 0 or NaN."""

UNKNOWN_VALUE_TEXT = "No value: either all is well, or Prometheus does not answer."
"""The text of a rule without an alert; Grafana's DatasourceError shows it, too."""

MAX_TITLE_BYTES = 180
"""Grafana takes 190 bytes; the rest is for a number where titles are the same."""

LOADING_NOTES = (
    "Grafana reads this when it starts, or after POST /api/admin/provisioning/alerting/reload.",
    "It keeps a rule that is not here any more until deleteRules names its uid.",
    "It asks the data source with the uid prometheus, once a minute.",
)
DIFFERENCE_NOTES = (
    "The label alertname is the rule's title: route by service, severity and signal.",
    "Alerts of a bare metric keep its name, as the label __name__.",
    "A critical alert does not mute its warnings: before 13, Grafana's own Alertmanager cannot.",
    "While Prometheus does not answer, each rule has an alert DatasourceError instead of its own.",
    "Where some series of a rule end and others go on, Grafana keeps their alerts for two",
    "evaluations, and a gap of one does not begin their `for` anew.",
)


def _build_files(rules: "RuleSet", options: FormatOptions) -> Iterator[File]:
    if rules.alerts:
        path = ROOT / "alerting" / f"{NAME}-{rules.slug}.yaml"
        content = {"apiVersion": 1, "groups": [_build_group(rules, options.addresses)]}
        yield File(path, render_yaml(content, notes=_list_notes(rules, options.addresses)))


def _build_group(rules: "RuleSet", addresses: Addresses) -> JsonObject:
    titled_rules = zip(_build_titles(rules), rules.alerts, rules.links, strict=True)
    return {
        "orgId": 1,
        "name": f"{rules.slug}: alerts",
        "folder": ALERT_FOLDER,
        "interval": "1m",
        "rules": [
            _build_rule(title, rule, link, rules, addresses) for title, rule, link in titled_rules
        ],
    }


def _build_rule(
    title: str, rule: "AlertRule", link: "PanelLink | None", rules: "RuleSet", addresses: Addresses
) -> JsonObject:
    from tailboard.alerts.groups import build_labels
    from tailboard.panels.promql import strip_parentheses

    return {
        "uid": build_rule_uid(title),
        "title": _escape_variables(title),
        "condition": "B",
        "data": [_build_query(strip_parentheses(rule.expression)), _build_condition()],
        "noDataState": "OK",
        "execErrState": "Error",
        "for": rule.lasting,
        **({"keepFiringFor": rule.keep_firing} if rule.keep_firing else {}),
        "labels": {
            name: _escape_variables(translate_template(value))
            for name, value in build_labels(rule, rules).items()
        },
        # Grafana expands no variables in annotations, nor in queries: `$$` would stay unchanged.
        "annotations": {
            **_build_annotations(rule, link, rules, addresses),
            **(_build_panel_annotations(link) if link else {}),
        },
    }


def _build_annotations(
    rule: "AlertRule", link: "PanelLink | None", rules: "RuleSet", addresses: Addresses
) -> dict[str, str]:
    """The annotations, with a fallback: Grafana also shows them without a value or a label."""
    from tailboard.alerts.groups import build_annotations

    fallbacks = {"summary": UNKNOWN_VALUE_TEXT, "description": UNKNOWN_VALUE_TEXT}
    if link and link.variables and addresses.grafana_url:
        fallbacks["dashboard_url"] = link.build_plain_url(addresses.grafana_url)
    return {
        name: _build_conditional_text(translate_template(text), fallbacks[name])
        if name in fallbacks
        else text
        for name, text in build_annotations(rule, link, rules, addresses).items()
    }


def _build_conditional_text(text: str, fallback: str) -> str:
    return f"{{{{ if $values.A }}}}{text}{{{{ else }}}}{fallback}{{{{ end }}}}"


def _build_query(expression: str) -> JsonObject:
    return {
        "refId": "A",
        "relativeTimeRange": {"from": 600, "to": 0},
        "datasourceUid": "prometheus",
        "model": {"refId": "A", "expr": expression, "instant": True, "range": False},
    }


def _build_condition() -> JsonObject:
    return {
        "refId": "B",
        "datasourceUid": "__expr__",
        "model": {"refId": "B", "type": "math", "expression": ANY_VALUE_CONDITION},
    }


def _build_panel_annotations(link: "PanelLink") -> dict[str, str]:
    """The annotations with which Grafana marks a panel with the state of its alert."""
    return {"__dashboardUid__": link.uid, "__panelId__": str(link.panel_id)}


def _build_titles(rules: "RuleSet") -> list[str]:
    """Titles that are unique in Grafana's folder: rules of one name get their differences added."""
    title_counts: Counter[str] = Counter()
    titles = []
    for rule in rules.alerts:
        namesakes = [
            _list_distinctions(namesake) for namesake in rules.alerts if namesake.name == rule.name
        ]
        differences = [
            text
            for name, text in _list_distinctions(rule).items()
            if any(distinctions.get(name) != text for distinctions in namesakes)
        ]
        title = _shorten_title(
            f"{rules.slug}: {rule.name}", f" ({', '.join(differences)})" if differences else ""
        )
        title_counts[title] += 1
        titles.append(title if title_counts[title] == 1 else f"{title} #{title_counts[title]}")
    return titles


def _list_distinctions(rule: "AlertRule") -> dict[str, str]:
    """The texts that may distinguish a rule from others of its name, by label."""
    return {**{name: f"{name} {value}" for name, value in rule.labels.items()}, "": rule.severity}


def _shorten_title(name: str, suffix: str) -> str:
    """A title that Grafana takes: a suffix that is too long becomes a digest."""
    title = name + suffix
    return title if len(title.encode()) <= MAX_TITLE_BYTES else f"{name} ({_compute_digest(title)})"


def build_rule_uid(title: str) -> str:
    """The uid that belongs to a title: Grafana 11 refuses a known title under another uid."""
    readable = re.sub(r"[^a-zA-Z0-9]+", "-", title)[:31].strip("-")
    return f"{readable}-{_compute_digest(title)}"


def _compute_digest(text: str) -> str:
    import hashlib  # here, since the other formats are without uids of rules

    return hashlib.sha256(text.encode()).hexdigest()[:8]


def translate_template(text: str) -> str:
    """A template of Prometheus as one of Grafana, where `$value` is not always a number."""
    return TEMPLATE_ACTION.sub(
        lambda action: VALUE_REFERENCE.sub("$values.A.Value", action[0]), text
    )


def _escape_variables(text: str) -> str:
    """The text with each `$` doubled: Grafana replaces `$name` by an environment variable."""
    return text.replace("$", "$$")


def _list_notes(rules: "RuleSet", addresses: Addresses) -> Iterator[str]:
    from tailboard.alerts.groups import build_annotations

    yield from LOADING_NOTES
    if rules.rates or rules.ratios:
        yield f"Prometheus has to load rules/{rules.slug}.rules.yaml, whose series the alerts read."
        yield "That file has the same alerts: send nobody those of Prometheus, or they come twice."
    yield from DIFFERENCE_NOTES
    if any(rule.keep_firing for rule in rules.alerts):
        yield "keepFiringFor counts where all series of a rule end at once, from Grafana 12.1.2 on."
    for rule, link in rules.linked_alerts:
        texts = [*build_annotations(rule, link, rules, addresses).values(), *rule.labels.values()]
        for word in sorted(
            {reference for text in texts for reference in _find_prometheus_only_names(text)}
        ):
            yield f"{rule.name} says something with {word}, which Grafana's templates do not know."
    yield from rules.notes


def _find_prometheus_only_names(text: str) -> Iterator[str]:
    for action in TEMPLATE_ACTION.findall(text):
        yield from PROMETHEUS_ONLY.findall(action)


FORMAT = Format(
    "alerting", "the rules as Grafana-managed alert rules", rule_files=_build_files, has_alerts=True
)
