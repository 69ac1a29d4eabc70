"""A rule group: its mark, what it means, and its way through YAML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.publish.rulers.rule_group import (
    JsonObject,
    RuleGroup,
    add_mark,
    parse_group,
    strip_mark,
)
from tailboard.publish.rulers.servers.yaml_reader import parse_yaml, render_plain_yaml

GROUP: JsonObject = {
    "name": "orders: alerts",
    "interval": "1m",
    "rules": [
        {"alert": "Down", "expr": "up == 0", "for": "2m", "labels": {"severity": "critical"}},
        {"record": "a:b", "expr": "sum(up)"},
    ],
}
ALERT = GROUP["rules"][0]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
QUERIES = TEXTS.map(lambda text: f"up > {text}".strip())


@given(name=TEXTS, query=QUERIES, labels=st.dictionaries(TEXTS, TEXTS, max_size=3))
def test_any_text_survives_the_way_through_yaml(
    name: str, query: str, labels: dict[str, str]
) -> None:
    content = {"name": name, "rules": [{"alert": "A", "expr": query, "annotations": labels}]}
    group = add_mark(content, "shop")
    read = parse_group(parse_yaml(render_plain_yaml(group.content)))
    assert read.normal_form == group.normal_form
    assert read.mark == group.mark
    assert not read.is_edited


def test_the_mark_is_a_comment_in_front_of_the_first_query_and_nothing_else() -> None:
    group = add_mark(GROUP, "shop")
    first, second = group.rules
    assert first["expr"].splitlines()[0].startswith("# tailboard: owner=shop ")
    assert strip_mark(first["expr"]) == "up == 0"
    assert second == GROUP["rules"][1]
    assert RuleGroup(GROUP).mark is None
    assert add_mark(group.content, "other").mark != group.mark


@pytest.mark.parametrize(
    "change",
    [
        {"interval": "60s"},
        {"limit": 0, "labels": {}},
        {
            "rules": [
                {**ALERT, "for": "120s", "keep_firing_for": "0s"},
                GROUP["rules"][1],
            ]
        },
        {"rules": [{**ALERT, "expr": " up == 0\n"}, GROUP["rules"][1]]},
    ],
    ids=["interval", "nothing", "durations", "white-space"],
)
def test_what_a_server_writes_otherwise_means_the_same(change: JsonObject) -> None:
    assert RuleGroup({**GROUP, **change}).checksum == RuleGroup(GROUP).checksum


@pytest.mark.parametrize(
    "change",
    [
        {"interval": "2m"},
        {"rules": GROUP["rules"][::-1]},
        {"rules": GROUP["rules"][:1]},
        {"source_tenants": ["a"]},
        {"rules": [{**ALERT, "for": "3m"}, GROUP["rules"][1]]},
        {"rules": [{**ALERT, "labels": {"severity": "warning"}}, GROUP["rules"][1]]},
    ],
    ids=["interval", "order", "fewer", "tenants", "for", "labels"],
)
def test_what_means_something_else_is_an_edit(change: JsonObject) -> None:
    published = add_mark(GROUP, "shop")
    rules = change.get("rules", published.rules)
    marked = [{**rule, "expr": strip_mark(rule["expr"])} for rule in rules]
    marked[0]["expr"] = f"{published.mark}\n{marked[0]['expr']}"
    assert parse_group({**published.content, **change, "rules": marked}).is_edited


@pytest.mark.parametrize(
    "content",
    [
        None,
        7,
        [],
        {},
        {"name": ["a"], "rules": []},
        {"name": "a", "rules": 7},
        {"name": "a", "rules": [7]},
        {"name": "a", "rules": [{"alert": ["x"], "expr": "up"}]},
        {"name": "a", "rules": [{"alert": "x", "expr": {"a": "b"}}]},
        {"name": "a", "rules": [{"alert": "x", "expr": "up", "labels": ["x"]}]},
        {"name": "a", "rules": [{"alert": "x", "expr": "up", "labels": {"x": ["y"]}}]},
        {"name": "a", "limit": "many", "rules": []},
    ],
)
def test_what_is_no_rule_group_is_refused(content: object) -> None:
    with pytest.raises((TypeError, KeyError, ValueError)):
        parse_group(content)


@pytest.mark.parametrize(
    "text",
    [
        b"\xff\xfe\x00",
        b"a: [",
        b"a: &x [1]\nb: *x",
        b"<html>",
        b"[" * 60 + b"]" * 60,
    ],
)
def test_what_is_no_plain_yaml_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_yaml(text)
