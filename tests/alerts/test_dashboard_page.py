"""A dashboard's page: all that its panels say and ask stands there, and nothing breaks it."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tailboard.alerts import RuleSet, rules_of
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.dashboard_page import group_alerts, render_page
from tailboard.alerts.markdown import escape_words, format_code, format_code_block, format_link
from tailboard.alerts.rule import AlertRule
from tailboard.dashboards import build_document
from tailboard.dashboards.library import build_library, build_service_dashboards
from tailboard.panels import every_service
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import CONVENTIONS, PROMETHEUS_CLIENT
from tests.alerts.sample_services import build_rule_sets, build_service
from tests.example_counts import count_examples

PATIENT_SETTINGS = settings(max_examples=count_examples(60))
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ADDRESSES = Addresses("http://grafana.example", "../runbooks/{service}.md#{anchor}")


@dataclass
class Section:
    """What stands below one heading of a page, as a reader of Markdown sees it."""

    heading: str
    level: str
    texts: list[str] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def join_text(tokens: list[Token]) -> str:
    """The words of a line, without what marks them."""
    return "".join(
        token.content for token in tokens if not token.type.endswith(("_open", "_close"))
    )


def parse_sections(text: str) -> list[Section]:
    """A page as its headings, each with what follows it."""
    page_sections: list[Section] = []
    tokens = READER.parse(text)
    for before, token in zip([None, *tokens], tokens, strict=False):
        children = token.children or []
        if token.type == "inline" and before and before.type == "heading_open":
            page_sections.append(Section(join_text(children), before.tag))
        elif token.type == "inline":
            page_sections[-1].texts.append(join_text(children))
            hrefs = [str(token.attrs["href"]) for token in children if token.type == "link_open"]
            page_sections[-1].links += hrefs
        elif token.type == "fence":
            page_sections[-1].blocks.append(token.content.removesuffix("\n"))
    return page_sections


def walk_panels(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for panel in document["panels"]:
        if panel["type"] != "row":
            yield panel
        yield from panel.get("panels") or []


def render_sections(document: dict[str, Any], *rules: RuleSet) -> list[Section]:
    return parse_sections(render_page(document, group_alerts(rules), ADDRESSES))


def build_sample_document(*panels: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A document made of a dashboard's JSON."""
    return build_document({"title": "By hand", "uid": "hand", "panels": list(panels), **fields})


def build_panel(expression: object, **fields: Any) -> dict[str, Any]:
    """A panel with one query."""
    query = {"expr": expression, "refId": "A"}
    return {"title": "Asked", "type": "timeseries", "targets": [query], **fields}


def render_last_section(*panels: dict[str, Any]) -> Section:
    """The last panel's section of a page of these."""
    return render_sections(build_sample_document(*panels))[-1]


# Ready-made dashboards


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda dashboard: dashboard.name)
def test_every_panel_stands_once_with_what_it_means_and_asks(convention: Convention) -> None:
    dashboards = [
        *build_library([every_service(convention)]),
        *build_service_dashboards(build_service(convention)),
    ]
    for documents in map(build_document, dashboards):
        panels = list(walk_panels(documents))
        panel_sections = [
            section for section in render_sections(documents) if section.level == "h3"
        ]
        assert [panel.heading for panel in panel_sections] == [panel["title"] for panel in panels]
        for section, panel in zip(panel_sections, panels, strict=True):
            queries = [target["expr"] for target in panel.get("targets", [])]
            panel_texts = [panel["options"]["content"]] if panel["type"] == "text" else []
            assert section.blocks == [*panel_texts, *queries]
            if described := panel.get("description"):
                assert section.texts.count(described) == 1
            legends = [target.get("legendFormat") for target in panel.get("targets", [])]
            asking_lines = [text for text in section.texts if text.startswith("Query ")]
            for line, legend in zip(asking_lines, legends, strict=True):
                assert legend in (None, "__auto") or f"legend {legend}" in line


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda dashboard: dashboard.name)
def test_every_alert_stands_under_the_panel_that_shows_it(convention: Convention) -> None:
    rules = build_rule_sets()[convention.name]
    pages = [build_document(dashboard) for dashboard in build_service_dashboards(rules.service)]
    panel_texts = {
        (document["uid"], panel["id"]): [
            text
            for text in section.texts
            if re.search(", (critical|warning) (after|at once)", text)
        ]
        for document in pages
        for panel, section in zip(
            walk_panels(document),
            (section for section in render_sections(document, rules) if section.level == "h3"),
            strict=True,
        )
        if section.links
    }
    linked = [
        (rule, link)
        for rule, link in zip(rules.alerts, rules.links, strict=True)
        if link is not None
    ]
    assert sum(map(len, panel_texts.values())) == len(linked) > 0
    for rule, place in linked:
        sentence = f"{rule.name}, {rule.severity} {rule.timing}: "
        assert any(text.startswith(sentence) for text in panel_texts[place.uid, place.panel_id])


def test_an_alert_says_in_words_what_happens_and_leads_to_its_runbook() -> None:
    service = replace(build_service(PROMETHEUS_CLIENT), name="orders {{ *now* }}")
    rules = rules_of(service)
    document = build_document(next(build_service_dashboards(service)))
    under = next(
        section
        for section in render_sections(document, rules)
        if section.heading == "Latency percentiles"
    )
    sentence = "LatencyAboveObjective, warning after 2m: P99 of orders {{ *now* }} is {value}"
    assert sentence in under.texts
    assert f"../runbooks/{service.slug}.md#latencyaboveobjective" in under.links


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("{{ $labels.instance }} is down", "{instance} is down"),
        ("{{ humanizeDuration $value }} at {{$labels.job}}", "{value} at {job}"),
        ("{{- $labels.a | title -}}", "{a}"),
        ("{{ with query `up` }}x{{ end }}", "{…}x{…}"),
        ('a {{ "{{" }} b', "a {{ b"),
        ("<b>no</b> *words*\n# of ours", "<b>no</b> *words* # of ours"),
    ],
)
def test_what_prometheus_fills_in_is_named(summary: str, expected: str) -> None:
    service = build_service(PROMETHEUS_CLIENT)
    rules = rules_of(service)
    rule: AlertRule = replace(rules.alerts[0], summary=summary)
    document = build_document(next(build_service_dashboards(service)))
    changed = replace(rules, alerts=(rule,), links=rules.links[:1])
    texts = [text for section in render_sections(document, changed) for text in section.texts]
    assert f"{rule.name}, {rule.severity} after {rule.lasting}: {expected}" in texts


def test_the_order_of_the_services_does_not_matter() -> None:
    rules = [rules_of(build_service(PROMETHEUS_CLIENT, name)) for name in ("a", "b", "c")]
    assert list(group_alerts(rules).items()) == list(group_alerts(reversed(rules)).items())


# Dashboards made by hand


def test_panels_are_told_in_the_order_in_which_they_are_read() -> None:
    def at(title: str, x: int, y: int, **fields: Any) -> dict[str, Any]:
        place = {"h": 1 if fields.get("type") == "row" else 4, "w": 12, "x": x, "y": y}
        return {"title": title, "type": "stat", "gridPos": place, **fields}

    nested = [at("inner right", 12, 11), at("inner left", 0, 11)]
    document = build_sample_document(
        at("closed", 0, 10, type="row", collapsed=True, panels=nested),
        at("below", 0, 6),
        at("right", 12, 0),
        at("left", 0, 0),
        at("", 0, 5, type="row", repeat="job"),
    )
    assert [(section.level, section.heading) for section in render_sections(document)] == [
        ("h1", "By hand"),
        ("h2", "Panels"),
        ("h3", "left"),
        ("h3", "right"),
        ("h2", "A row without a title"),
        ("h3", "below"),
        ("h2", "closed"),
        ("h3", "inner left"),
        ("h3", "inner right"),
    ]
    assert render_sections(document)[4].texts == ["Once for each value of job."]


def test_a_panel_without_anything_is_still_named() -> None:
    assert render_last_section({"type": "news"}) == Section("A news without a title", "h3")


def test_what_a_plugin_nests_in_a_panel_is_told_after_it() -> None:
    inner = [{"type": "x", "title": name, "gridPos": {"y": name}} for name in ("one", "two")]
    document = build_sample_document({"type": "nesting", "title": "outer", "panels": inner})
    assert [section.heading for section in render_sections(document)[2:]] == ["outer", "one", "two"]


def test_words_on_a_dashboard_are_quoted_as_they_are_written() -> None:
    options = {"mode": "markdown", "content": "# Not a heading\n\n```sh\nls\n```"}
    assert render_last_section({"type": "text", "options": options}).blocks == [options["content"]]


def test_a_library_panel_is_named_though_it_says_nothing_here() -> None:
    section = render_last_section({"libraryPanel": {"name": "Po`ol", "uid": "x"}})
    assert section.texts == ["A library panel of Grafana, which keeps what it shows: Po`ol."]


def test_what_other_sources_are_asked_stands_there_too() -> None:
    loki = build_panel('{job="a"} |= `b`', datasource={"type": "loki", "uid": "x"})
    assert render_last_section(loki).texts == ["Query A, asked of loki:"]
    assert render_last_section(loki).blocks == ['{job="a"} |= `b`']
    query = {"refId": "A", "rawSql": "SELECT 1", "hide": True}
    sql = {"type": "table", "datasource": {"type": "mysql", "uid": "x"}, "targets": [query]}
    assert render_last_section(sql).texts == ["Query A, asked of mysql, hidden:"]
    assert json.loads(render_last_section(sql).blocks[0])["rawSql"] == "SELECT 1"


def test_a_source_of_a_single_query_goes_before_that_of_its_panel() -> None:
    mixed = build_panel("x", datasource={"type": "datasource", "uid": "-- Mixed --"})
    for kind, expected in (("loki", "Query A, asked of loki:"), ("prometheus", "Query A:")):
        mixed["targets"][0]["datasource"] = {"type": kind, "uid": "x"}
        assert render_last_section(mixed).texts == [expected]


def test_a_legend_that_grafana_makes_up_is_not_told() -> None:
    for legend, expected in (("__auto", "Query A:"), ("{{ `x` }}", "Query A, legend {{ `x` }}:")):
        query = {"expr": "up", "refId": "A", "legendFormat": legend}
        assert render_last_section({**build_panel("up"), "targets": [query]}).texts == [expected]


def test_a_table_says_which_column_a_query_fills() -> None:
    renamed = {"id": "organize", "options": {"renameByName": {"Value #A": "P99"}}}
    section = render_last_section(
        {**build_panel("up"), "type": "table", "transformations": [renamed]}
    )
    assert section.texts == ["Query A, column P99:"]


@pytest.mark.parametrize(
    ("unit", "mode", "expected"),
    [
        ("s", "absolute", "green, red from 500ms."),
        ("percentunit", "absolute", "green, red from 50%."),
        ("reqps", "absolute", "green, red from 0.5 reqps."),
        ("short", "absolute", "green, red from 0.5."),
        ("s", "percentage", "green, red from 0.5 % of the range."),
    ],
)
def test_thresholds_are_told_in_the_panels_unit(unit: str, mode: str, expected: str) -> None:
    steps = [{"color": "green", "value": None}, {"color": "red", "value": 0.5}]
    set_to = {"mode": mode, "steps": steps}
    for_all = {"defaults": {"unit": unit, "thresholds": set_to}}
    assert (
        render_last_section(build_panel("up", fieldConfig=for_all)).texts[-1]
        == f"Thresholds: {expected}"
    )
    properties = [{"id": "thresholds", "value": set_to}, {"id": "unit", "value": unit}]
    for_some = {"matcher": {"id": "byName", "options": "P99"}, "properties": properties}
    config = {"defaults": {"unit": "bytes"}, "overrides": [for_some]}
    assert (
        render_last_section(build_panel("up", fieldConfig=config)).texts[-1]
        == f"Thresholds of P99: {expected}"
    )


def test_a_single_colour_is_no_threshold() -> None:
    config = {"defaults": {"thresholds": {"mode": "absolute", "steps": [{"color": "green"}]}}}
    assert render_last_section(build_panel("up", fieldConfig=config)).texts == ["Query A:"]


# Nothing that others wrote breaks a page

NASTY_TEXTS = [
    *("`", "```", "~~~", "|", "a | b\n--|--", "# x", "x\n===", "x\n---", "- x", "1. x", "1) x"),
    *("+ x", "> x", "<b>", "<!--", "</details>", "<script>", "&lt;", "&amp;", "**x**", "__x__"),
    *("[x](y)", "![x](y)", "[x]: y", "[^1]: y", "$x$", "\\", "x\\", "    x", "\tx", "x  \ny"),
    *("a\r\nb", "a\rb", "a\u2028b", "a\x85b", "a\x0cb", "\x00", "\u202e", "x #", "+++"),
    *("a_b_c", "_a_", "a~~b~~c", "{{x}}", "https://x.example/_a_", "<https://x>", "", " ", "***"),
]
parts = st.lists(st.one_of(st.sampled_from(NASTY_TEXTS), st.text(max_size=8)), max_size=4)
any_text = st.one_of(parts.map("\n".join), parts.map("".join))


def flatten_text(text: str) -> str:
    """Text on one line, as every reader has to see it."""
    visible_text = re.sub(
        r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]",
        "\N{REPLACEMENT CHARACTER}",
        text,
    )
    return " ".join(visible_text.split())


def list_token_types(text: str) -> list[str]:
    """What a page is made of."""
    kinds = [token.type for token in READER.parse(text)]
    return [*kinds, *(kind for token in READER.parse(text) for kind in list_inline_types(token))]


def list_inline_types(token: Token) -> list[str]:
    return [child.type for child in token.children or [] if child.type != "text"]


def add_nasty_examples(test: Callable[[str], None]) -> Callable[[str], None]:
    """The test, tried with each of the nasty texts by itself before chance mixes them."""
    for text in NASTY_TEXTS:
        test = example(text)(test)
    return test


@PATIENT_SETTINGS
@given(any_text)
@example("half a \ud800 character")
@add_nasty_examples
def test_words_stay_the_words_they_were(text: str) -> None:
    markdown = f"before\n\n{escape_words(text)}\n\nafter\n"
    paragraphs = [
        join_text(token.children or [])
        for token in READER.parse(markdown)
        if token.type == "inline"
    ]
    assert paragraphs == ["before", *([flatten_text(text)] if flatten_text(text) else []), "after"]
    assert not {*list_token_types(markdown)} - {"paragraph_open", "inline", "paragraph_close"}


@PATIENT_SETTINGS
@given(any_text)
@add_nasty_examples
def test_code_stays_the_code_it_was(text: str) -> None:
    if flatten_text(text):
        (token,) = [
            token for token in READER.parse(f"x {format_code(text)} y") if token.type == "inline"
        ]
        assert token.children is not None
        assert [child.type for child in token.children] == ["text", "code_inline", "text"]
        assert token.children[1].content == flatten_text(text)
    else:
        assert format_code(text) == ""


@PATIENT_SETTINGS
@given(any_text)
@add_nasty_examples
def test_a_block_ends_where_its_text_ends(text: str) -> None:
    markdown = f"# x\n\n{format_code_block(text, 'promql')}\n\n# y"
    before, block, after = READER.parse(markdown)[2:5]
    assert (before.type, block.type, after.type) == ("heading_close", "fence", "heading_open")
    assert block.info == "promql"
    assert flatten_text(block.content) == flatten_text(text)


@PATIENT_SETTINGS
@given(any_text, any_text)
def test_a_link_is_one_link(text: str, address: str) -> None:
    (token,) = [
        token
        for token in READER.parse(f"x {format_link(text, address)} y")
        if token.type == "inline"
    ]
    kinds = list_inline_types(token)
    assert kinds == ["link_open", "link_close"]
    assert join_text(token.children or []) == f"x {flatten_text(text)} y"


MARKUP_TYPES = {"em_open", "strong_open", "s_open", "hr", "code_block", "softbreak", "hardbreak"}


def build_dashboard(text: str) -> dict[str, Any]:
    """A dashboard in which every word is this text."""
    steps = [{"color": text, "value": None}, {"color": text, "value": 1}]
    thresholds = {"mode": "absolute", "steps": steps}
    matched = {"id": "byName", "options": text}
    changed = {"properties": [{"id": "thresholds", "value": thresholds}], "matcher": matched}
    config = {"defaults": {"unit": text, "thresholds": thresholds}, "overrides": [changed]}
    foreign = {"refId": text, "query": text, text: text, "datasource": {"type": text, "uid": "x"}}
    return build_sample_document(
        {"type": "row", "title": text, "repeat": text},
        {
            **build_panel(text, title=text, description=text, fieldConfig=config),
            "targets": [{"expr": text, "legendFormat": text, "refId": "A"}, foreign],
        },
        {"type": "text", "title": text, "options": {"content": text, "mode": text}},
        {"libraryPanel": {"name": text, "uid": "x"}, "title": text},
        {"type": f"x-{text}"},
        {"type": "row", "title": "The end", "panels": [], "collapsed": True},
        description=text,
        title=f"T {text}",
    )


@PATIENT_SETTINGS
@given(any_text)
def test_no_text_of_others_changes_what_a_page_is_made_of(text: str) -> None:
    document = build_dashboard(text)
    page_text = render_page(document, {}, ADDRESSES)
    page_text.encode()
    headings = [(section.level, section.heading) for section in parse_sections(page_text)]
    output = flatten_text(text)
    kinds = ("timeseries", "text", "library panel")
    titles = [output or f"A {kind} without a title" for kind in ("row", *kinds)]
    titles += [f"A {flatten_text(f'x-{text}')} without a title", "The end"]
    assert headings[0] == ("h1", flatten_text(f"T {text}"))
    assert headings[1:] == list(zip(["h2", *["h3"] * 4, "h2"], titles, strict=True))
    page_kinds = {*list_token_types(page_text)}
    assert not {
        kind for kind in page_kinds if kind.startswith(("html", "table", "blockquote", "image"))
    }
    assert not {kind for kind in page_kinds if "list" in kind or kind in MARKUP_TYPES}
    links = [link for section in parse_sections(page_text) for link in section.links]
    assert links == ["http://grafana.example/d/hand"]
    code_blocks = [flatten_text(section) for section in parse_sections(page_text)[2].blocks]
    assert code_blocks[0] == output or not text.strip()


@PATIENT_SETTINGS
@given(any_text)
def test_the_same_document_is_always_the_same_page(text: str) -> None:
    once, again = (render_page(build_dashboard(text), {}, ADDRESSES) for _ in range(2))
    assert once == again
    assert once.endswith("\n")
    assert not once.endswith("\n\n")
