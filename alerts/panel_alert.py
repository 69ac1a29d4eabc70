"""The alert of a panel of Grafana 4 to 10 as an alert rule of Prometheus.

Grafana 11 removed this kind of alert and ignores it in a dashboard.
https://grafana.com/docs/grafana/v8.5/alerting/old-alerting/create-alerts/
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from tailboard.alerts.template import escape_template, format_label_template
from tailboard.dashboards.passes.modernize.panel import is_promql_query
from tailboard.panels import promql
from tailboard.panels.duration import is_duration
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.panels.recording import WINDOW

JsonObject = Mapping[str, Any]

DEFAULT_INTERVAL = "1m"
"""How often Grafana evaluates an alert that has no frequency."""

MAX_LIMIT = 1e300
"""A bound for the limits of a condition, below which every integer can become a float."""

MAX_DURATION_LENGTH = 16
"""The number of characters of the longest duration that is read."""

RANGE_VARIABLE = declare_pattern(r"\$\{?__(?:rate_)?interval\b\}?")
VARIABLE = declare_pattern(r"\$\{?[A-Za-z_]\w*\}?|\[\[[A-Za-z_]\w*\]\]")
LABEL_VARIABLE = declare_pattern(r"\$\{([A-Za-z_]\w*)\}")
"""A label of the alerting series in the message of a panel's alert."""

LABEL_NAME = declare_pattern(r"(?!__)[A-Za-z_][A-Za-z0-9_]*")

REDUCERS: Mapping[str, Callable[[str, str], str]] = {
    "avg": partial(promql.reduce_over_time, "avg_over_time"),
    "diff": partial(promql.reduce_over_time, "delta"),
    "last": lambda expression, _: promql.add_parentheses(expression),
    "max": partial(promql.reduce_over_time, "max_over_time"),
    "median": partial(promql.reduce_over_time, "quantile_over_time", parameter=0.5),
    "min": partial(promql.reduce_over_time, "min_over_time"),
}
"""The reducers of a condition, but for those whose result depends on the number of points."""

LIMIT_COUNTS = {"gt": 1, "lt": 1, "outside_range": 2, "within_range": 2}
"""The number of limits of each evaluator that compares."""

NO_DATA_NOTES = {
    "keep_state": "Without data the panel's alert kept its state; the rule's alert ends.",
    "no_data": "Without data the panel's alert reported that; the rule is silent.",
}


@dataclass(frozen=True)
class PanelAlert:
    """A panel's alert, and the Prometheus rule with the same condition.

    `rule` is None where there is no such rule. `notes` say why, or what the rule does not do that
    the panel's alert did. `interval` is how often the rule is to be evaluated.
    """

    name: str
    panel_title: str
    rule: JsonObject | None
    notes: tuple[str, ...]
    interval: str = DEFAULT_INTERVAL


def convert_panel_alert(panel: JsonObject) -> PanelAlert | None:
    """The alert in a panel's JSON, None where it has none.

    The JSON may have any shape: what is not understood leads to an alert without a rule.
    """
    alert = panel.get("alert")
    if not alert:
        return None
    panel_title = str(panel.get("title") or "")
    if not isinstance(alert, Mapping):
        return PanelAlert(panel_title, panel_title, None, ("the alert is not an object.",))
    name = str(alert.get("name") or f"{panel_title} alert".strip())
    notes: list[str] = []
    try:
        expression = _convert_conditions(alert, panel, notes)
    except _UnsupportedConditionError as error:
        return PanelAlert(name, panel_title, None, (str(error),))
    rule: dict[str, Any] = {"alert": name, "expr": promql.strip_parentheses(expression)}
    if _is_duration(alert.get("for")):
        rule["for"] = alert["for"]
    if labels := dict(_convert_tags(alert.get("alertRuleTags"), notes)):
        rule["labels"] = labels
    rule["annotations"] = _build_annotations(name, alert.get("message"))
    notes += _describe_differences(alert)
    frequency = alert.get("frequency")
    interval = str(frequency) if _is_duration(frequency) else DEFAULT_INTERVAL
    return PanelAlert(name, panel_title, rule, tuple(notes), interval)


def build_panel_alert_groups(name: str, alerts: Iterable[PanelAlert]) -> list[dict[str, Any]]:
    """The rule groups of panels' alerts, one for each interval; `name` begins their names."""
    rules_by_interval: dict[str, list[JsonObject]] = {}
    for alert in alerts:
        if alert.rule is not None:
            rules_by_interval.setdefault(alert.interval, []).append(alert.rule)
    return [
        {"name": f"{name}: every {interval}", "interval": interval, "rules": rules}
        for interval, rules in rules_by_interval.items()
    ]


class _UnsupportedConditionError(ValueError):
    """A condition that PromQL has no expression for; the text says why."""


def _convert_conditions(alert: JsonObject, panel: JsonObject, notes: list[str]) -> str:
    """The expression of all conditions, which Grafana combines from left to right."""
    conditions = alert.get("conditions")
    if not isinstance(conditions, list) or not conditions:
        raise _UnsupportedConditionError("the alert has no conditions.")
    queries = [_find_expression(condition, panel, notes) for condition in conditions]
    operators = [_read_type(condition, "operator") for condition in conditions]
    values = [
        _convert_condition(condition, query)
        for condition, query in zip(conditions, queries, strict=True)
    ]
    expression = _combine_expressions(values, operators)
    if alert.get("noDataState") == "alerting":
        missing_data = _combine_expressions([promql.absent(query) for query in queries], operators)
        expression = promql.union(expression, missing_data)
    return expression


def _combine_expressions(expressions: list[str], operators: list[str]) -> str:
    """The first expression, combined with each other one by the operator in front of it."""
    combined_expression = expressions[0]
    for expression, operator in zip(expressions[1:], operators[1:], strict=True):
        if operator == "or":
            combined_expression = promql.union(combined_expression, expression)
        else:
            combined_expression = promql.filter_by_guards(combined_expression, expression)
    return combined_expression


def _convert_condition(condition: JsonObject, query: str) -> str:
    """The series of a query whose reduced value the condition's evaluator accepts."""
    evaluator, reducer = _read_type(condition, "evaluator"), _read_type(condition, "reducer")
    if evaluator == "no_value":
        return promql.absent(query)
    if reducer not in REDUCERS:
        raise _UnsupportedConditionError(
            f"the result of the reducer {reducer!r} depends on the number of points that Grafana "
            "drew, or PromQL does not have it."
        )
    value = REDUCERS[reducer](query, _read_window(condition))
    if evaluator not in LIMIT_COUNTS:
        raise _UnsupportedConditionError(f"the evaluator {evaluator!r} is not known.")
    limits = _read_limits(condition["evaluator"].get("params"), LIMIT_COUNTS[evaluator])
    match evaluator:
        case "gt":
            return promql.filter_above(value, limits[0])
        case "lt":
            return promql.filter_below(value, limits[0])
        case "within_range":
            return promql.filter_below(promql.filter_above(value, min(limits)), max(limits))
        case _:
            return promql.union(
                promql.filter_below(value, min(limits)), promql.filter_above(value, max(limits))
            )


def _find_expression(condition: Any, panel: JsonObject, notes: list[str]) -> str:
    """The PromQL of the query that a condition names, without variables and comments."""
    condition_query = condition.get("query") if isinstance(condition, Mapping) else None
    if not isinstance(condition_query, Mapping):
        raise _UnsupportedConditionError("a condition has no query.")
    parameters = _read_list(condition_query.get("params"))
    ref_id = parameters[0] if parameters else None
    queries = [
        query
        for query in (*_read_list(panel.get("targets")), condition_query.get("model"))
        if isinstance(query, Mapping)
    ]
    query = next((query for query in queries if query.get("refId") == ref_id), None)
    if query is None:
        raise _UnsupportedConditionError(f"the panel has no query {ref_id!r}.")
    expression = query.get("expr")
    if not isinstance(expression, str) or not is_promql_query(query, panel):
        raise _UnsupportedConditionError(f"the query {ref_id!r} is not PromQL.")
    fixed_expression = RANGE_VARIABLE.sub(WINDOW, expression)
    if fixed_expression != expression:
        notes.append(f"The query {ref_id!r} has a range of {WINDOW} instead of Grafana's variable.")
    if variable := VARIABLE.search(fixed_expression):
        raise _UnsupportedConditionError(
            f"the query {ref_id!r} contains the variable {variable[0]}, which no rule has."
        )
    return promql.strip_comments(fixed_expression)


def _read_window(condition: JsonObject) -> str:
    """The time range that a condition reduces, up to now."""
    _, window, end = [*_read_list(condition["query"].get("params")), None, None, None][:3]
    if not _is_duration(window) or end not in (None, "now"):
        raise _UnsupportedConditionError(
            f"a condition looks at the time from {window!r} to {end!r}, not up to now."
        )
    return str(window)


def _read_limits(parameters: Any, count: int) -> list[float]:
    limits = _read_list(parameters)[:count]
    if len(limits) < count or not all(_is_number(limit) for limit in limits):
        raise _UnsupportedConditionError(f"the limits of a condition are {limits!r:.60}.")
    return limits


def _read_type(condition: JsonObject, name: str) -> str:
    """The type of a condition's operator, reducer or evaluator; empty without one."""
    value = condition.get(name)
    return str(value.get("type") or "") if isinstance(value, Mapping) else ""


def _convert_tags(tags: Any, notes: list[str]) -> Iterator[tuple[str, str]]:
    """The tags as labels of the rule, but for names that Prometheus does not accept."""
    for name, value in tags.items() if isinstance(tags, Mapping) else ():
        if LABEL_NAME.fullmatch(str(name)):
            yield str(name), escape_template(str(value))
        else:
            notes.append(f"The tag {name!r} is left out: no label of a rule can have that name.")


def _build_annotations(name: str, message: Any) -> dict[str, str]:
    annotations = {"summary": escape_template(name)}
    if isinstance(message, str) and message:
        annotations["description"] = LABEL_VARIABLE.sub(
            lambda match: format_label_template(match[1]), escape_template(message)
        )
    return annotations


def _describe_differences(alert: JsonObject) -> Iterator[str]:
    """What the rule does not do that the panel's alert did."""
    reducers = {_read_type(condition, "reducer") for condition in alert["conditions"]}
    if "diff" in reducers:
        yield "delta() extrapolates the difference to the whole time range; Grafana did not."
    no_data_state = str(alert.get("noDataState") or "no_data")
    if no_data_state in NO_DATA_NOTES:
        yield NO_DATA_NOTES[no_data_state]
    if (alert.get("executionErrorState") or "alerting") == "alerting":
        yield (
            "The panel's alert fired when its query failed; Prometheus counts failures in "
            "prometheus_rule_evaluation_failures_total."
        )
    if alert.get("notifications"):
        yield "Its notification channels are not in the rule: route it in Alertmanager."


def _read_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) < MAX_LIMIT


def _is_duration(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_DURATION_LENGTH and is_duration(value)
