"""The rules as Grafana-managed alert rules, in the tree that a Grafana loads from its disk.

https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tailboard.alerts import RuleSet
from tailboard.alerts.groups import Addresses, annotations, labels
from tailboard.alerts.link import PanelLink
from tailboard.alerts.rule import AlertRule
from tailboard.panels import promql
from tailboard.publish.formats.format import File, Format, Surroundings
from tailboard.publish.formats.provisioning import NAME, ROOT
from tailboard.publish.formats.yaml_text import yaml_text

Plain = dict[str, Any]

ACTION = re.compile(r"{{.*?}}", re.DOTALL)
VALUE = re.compile(r"\$value\b|(?<![\w.)])\.Value\b")
PROMETHEUS_ONLY = re.compile(r"(?<![\w.$\"])query\b|[$.][eE]xternal(?:Labels|URL)\b")
"""What Prometheus' templates know and Grafana's do not."""

FOLDER = "Tailboard alerts"
"""Not that of the dashboards: Grafana makes this one first, and would have two of one title."""

ANY_VALUE = "is_number($A) || is_nan($A) || is_inf($A)"
"""True of every series: Prometheus has an alert for each, also where its value is 0 or NaN."""

UNKNOWN = "No value: either all is well, or Prometheus does not answer."
"""What a rule says when it has no alert: also Grafana's DatasourceError shows its texts."""

LONGEST_TITLE = 180
"""Grafana takes 190 bytes; the rest is for the number of a namesake."""

LOADED = (
    "Grafana reads this when it starts, or after POST /api/admin/provisioning/alerting/reload.",
    "It keeps a rule that is not here any more until deleteRules names its uid.",
    "It asks the data source with the uid prometheus, once a minute.",
)
DIFFERENT = (
    "The label alertname is the rule's title: route by service, severity and signal.",
    "Alerts of a bare metric keep its name, as the label __name__.",
    "A critical alert does not mute its warnings: before 13, Grafana's own Alertmanager cannot.",
    "While Prometheus does not answer, each rule has an alert DatasourceError instead of its own.",
    "Where some series of a rule end and others go on, Grafana keeps their alerts for two",
    "evaluations, and a gap of one does not begin their `for` anew.",
)


def _files(rules: RuleSet, surroundings: Surroundings) -> Iterator[File]:
    if rules.alerts:
        path = ROOT / "alerting" / f"{NAME}-{rules.slug}.yaml"
        content = {"apiVersion": 1, "groups": [_group(rules, surroundings.addresses)]}
        yield File(path, yaml_text(content, notes=_notes(rules, surroundings.addresses)))


def _group(rules: RuleSet, addresses: Addresses) -> Plain:
    titled = zip(_titles(rules), rules.alerts, rules.links, strict=True)
    return {
        "orgId": 1,
        "name": f"{rules.slug}: alerts",
        "folder": FOLDER,
        "interval": "1m",
        "rules": [_rule(title, rule, link, rules, addresses) for title, rule, link in titled],
    }


def _rule(
    title: str, rule: AlertRule, link: PanelLink | None, rules: RuleSet, addresses: Addresses
) -> Plain:
    return {
        "uid": uid_of(title),
        "title": _unexpanded(title),
        "condition": "B",
        "data": [_query(promql.bare(rule.expression)), _condition()],
        "noDataState": "OK",
        "execErrState": "Error",
        "for": rule.lasting,
        **({"keepFiringFor": rule.keep_firing} if rule.keep_firing else {}),
        "labels": {
            name: _unexpanded(translated(value)) for name, value in labels(rule, rules).items()
        },
        # Grafana expands no variables in annotations, nor in queries: `$$` would stay as it is.
        "annotations": {
            **_said(rule, link, rules, addresses),
            **(_shown_on(link) if link else {}),
        },
    }


def _said(
    rule: AlertRule, link: PanelLink | None, rules: RuleSet, addresses: Addresses
) -> dict[str, str]:
    """The annotations, which Grafana also shows where there is neither a value nor a label."""
    otherwise = {"summary": UNKNOWN, "description": UNKNOWN}
    if link and link.variables:
        otherwise["dashboard_url"] = link.without_labels(addresses.grafana)
    return {
        name: _if_known(translated(text), otherwise[name]) if name in otherwise else text
        for name, text in annotations(rule, link, rules, addresses).items()
    }


def _if_known(text: str, otherwise: str) -> str:
    return f"{{{{ if $values.A }}}}{text}{{{{ else }}}}{otherwise}{{{{ end }}}}"


def _query(expression: str) -> Plain:
    return {
        "refId": "A",
        "relativeTimeRange": {"from": 600, "to": 0},
        "datasourceUid": "prometheus",
        "model": {"refId": "A", "expr": expression, "instant": True, "range": False},
    }


def _condition() -> Plain:
    return {
        "refId": "B",
        "datasourceUid": "__expr__",
        "model": {"refId": "B", "type": "math", "expression": ANY_VALUE},
    }


def _shown_on(link: PanelLink) -> dict[str, str]:
    """The annotations with which Grafana marks a panel with the state of its alert."""
    return {"__dashboardUid__": link.uid, "__panelId__": str(link.panel)}


def _titles(rules: RuleSet) -> list[str]:
    """Titles that are unique in Grafana's folder: what tells equal names apart stands in them."""
    seen: Counter[str] = Counter()
    titles = []
    for rule in rules.alerts:
        namesakes = [_telling(it) for it in rules.alerts if it.name == rule.name]
        told = [
            text
            for name, text in _telling(rule).items()
            if any(it.get(name) != text for it in namesakes)
        ]
        title = _short_enough(f"{rules.slug}: {rule.name}", f" ({', '.join(told)})" if told else "")
        seen[title] += 1
        titles.append(title if seen[title] == 1 else f"{title} #{seen[title]}")
    return titles


def _telling(rule: AlertRule) -> dict[str, str]:
    """What may tell a rule from another of its name."""
    return {**{name: f"{name} {value}" for name, value in rule.labels.items()}, "": rule.severity}


def _short_enough(name: str, told: str) -> str:
    """A title that Grafana takes, however much tells the rule from its namesakes."""
    title = name + told
    return title if len(title.encode()) <= LONGEST_TITLE else f"{name} ({_digest(title)})"


def uid_of(title: str) -> str:
    """The uid of a title, always the same: Grafana 11 refuses a known title under another uid."""
    readable = re.sub(r"[^a-zA-Z0-9]+", "-", title)[:31].strip("-")
    return f"{readable}-{_digest(title)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def translated(text: str) -> str:
    """Prometheus' template as Grafana's, where `$value` is not always a number."""
    return ACTION.sub(lambda action: VALUE.sub("$values.A.Value", action[0]), text)


def _unexpanded(text: str) -> str:
    """The text itself where Grafana would replace `$name` by what its environment says."""
    return text.replace("$", "$$")


def _notes(rules: RuleSet, addresses: Addresses) -> Iterator[str]:
    yield from LOADED
    if rules.rates or rules.ratios:
        yield f"Prometheus has to load rules/{rules.slug}.rules.yaml, whose series the alerts read."
        yield "That file has the same alerts: send nobody those of Prometheus, or they come twice."
    yield from DIFFERENT
    if any(rule.keep_firing for rule in rules.alerts):
        yield "keepFiringFor counts where all series of a rule end at once, from Grafana 12.1.2 on."
    for rule, link in rules.linked:
        said = [*annotations(rule, link, rules, addresses).values(), *rule.labels.values()]
        for word in sorted({it for text in said for it in _prometheus_only(text)}):
            yield f"{rule.name} says something with {word}, which Grafana's templates do not know."
    yield from rules.notes


def _prometheus_only(text: str) -> Iterator[str]:
    for action in ACTION.findall(text):
        yield from PROMETHEUS_ONLY.findall(action)


FORMAT = Format("alerting", "the rules as Grafana-managed alert rules", per_rules=_files)
