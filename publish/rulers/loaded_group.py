"""Whether a server has loaded a rule group, by what it says of the rules that it evaluates."""

from collections import Counter
from collections.abc import Sequence

from tailboard.publish.rulers.rule_group import RuleGroup, parse_mark, read_query
from tailboard.publish.rulers.ruler import RuleStatus


def is_group_loaded(group: RuleGroup, rules: Sequence[RuleStatus]) -> bool:
    """Whether these are the rules of a group, as far as their names and its mark tell.

    vmalert shows queries with their comments, and the rules of a changed group in any order.
    """
    shown_marks = {mark for rule in rules if (mark := parse_mark(rule.query))}
    return Counter(rule.name for rule in rules) == Counter(
        _read_name(rule) for rule in group.rules
    ) and shown_marks <= {group.mark}


def is_former_version(
    live: RuleGroup,
    desired: RuleGroup,
    rules: Sequence[RuleStatus],
    rules_before: Sequence[RuleStatus],
) -> bool:
    """Whether rules whose queries were changed still show the queries that they had.

    A server prints queries in its own form, so that they can only be compared with its own.
    """
    old_queries, new_queries = (_list_queries(group) for group in (live, desired))
    changed_names = {name for name, _ in (old_queries - new_queries) | (new_queries - old_queries)}
    return any(
        _list_shown_queries(rules, name) == _list_shown_queries(rules_before, name)
        for name in changed_names
    )


def _list_queries(group: RuleGroup) -> Counter[tuple[str, str]]:
    """The queries of the rules with their names, without the mark."""
    return Counter((_read_name(rule), read_query(rule)) for rule in group.normal_form["rules"])


def _list_shown_queries(rules: Sequence[RuleStatus], name: str) -> Counter[str]:
    return Counter(rule.query for rule in rules if rule.name == name)


def _read_name(rule: dict[str, object]) -> str:
    return str(rule.get("alert") or rule.get("record"))
