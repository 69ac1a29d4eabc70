"""What a server says of the rules that it evaluates tells whether it has loaded a group."""

from tailboard.publish.rulers.loaded_group import is_former_version, is_group_loaded
from tailboard.publish.rulers.rule_group import RuleGroup, add_mark
from tailboard.publish.rulers.ruler import RuleStatus
from tailboard.publish.rulers.servers.ruler_api import parse_statuses


def build_group(*queries: str, lasting: str = "5m") -> RuleGroup:
    rules = [
        {"alert": f"Alert{index % 2}", "expr": query, "for": lasting}
        for index, query in enumerate(queries)
    ]
    return add_mark({"name": "orders: alerts", "rules": rules}, "shop")


def list_statuses(group: RuleGroup, *, has_comments: bool) -> list[RuleStatus]:
    queries = [
        rule["expr"] for rule in (group.content if has_comments else group.normal_form)["rules"]
    ]
    return [
        RuleStatus(str(rule["alert"]), query, "ok")
        for rule, query in zip(group.rules, queries, strict=True)
    ]


def test_rules_are_loaded_in_whatever_order_they_are_shown() -> None:
    group = build_group("up == 0", "up == 1", "up == 2")
    for has_comments in (True, False):
        statuses = list_statuses(group, has_comments=has_comments)
        assert is_group_loaded(group, statuses[::-1])
        assert not is_group_loaded(group, statuses[1:])


def test_a_mark_that_is_shown_tells_versions_of_the_same_names_and_queries_apart() -> None:
    former, group = build_group("up == 0"), build_group("up == 0", lasting="9m")
    assert not is_group_loaded(group, list_statuses(former, has_comments=True))
    assert is_group_loaded(group, list_statuses(group, has_comments=True))


def test_a_changed_query_that_still_reads_the_same_is_the_former_version() -> None:
    former = build_group("up == 0", "up == 1", "up == 2")
    group = build_group("up == 0", "up == 1", "up == 3")
    before = list_statuses(former, has_comments=False)
    after = list_statuses(group, has_comments=False)
    assert is_former_version(former, group, before[::-1], before)
    assert not is_former_version(former, group, after[::-1], before)


def test_rules_of_new_names_are_no_former_version() -> None:
    former, group = build_group("up == 0"), build_group("up == 0", "up == 1")
    before = list_statuses(former, has_comments=False)
    assert not is_former_version(former, group, list_statuses(group, has_comments=False), before)


def test_a_rule_that_somebody_paused_in_grafana_is_not_waited_for() -> None:
    never = "0001-01-01T00:00:00Z"
    rules = [
        {"name": "Paused", "health": "unknown", "lastEvaluation": never, "isPaused": True},
        {"name": "New", "health": "unknown", "lastEvaluation": never, "isPaused": False},
    ]
    body = {"data": {"groups": [{"name": "orders: alerts", "file": "shop", "rules": rules}]}}
    paused, new = parse_statuses(body, lambda _: True)["orders: alerts"]
    assert (paused.health, paused.is_evaluated) == ("ok", True)
    assert (new.health, new.is_evaluated) == ("unknown", False)
