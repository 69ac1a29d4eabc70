"""Pages: nobody's text is markup, nothing loads from a network, closed rows are closed."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailboard.preview.dashboard_drawing import DashboardDrawing, draw_dashboard
from tailboard.preview.data.example_source import ExampleSource
from tailboard.preview.pages.page import build_style, render_dashboard_page, render_index_page
from tailboard.preview.pages.site import name_pages
from tests.example_counts import count_examples
from tests.tailboard.preview.documents import build_dashboard, build_panel
from tests.tailboard.preview.table_source import TableSource

HOSTILE_TEXTS = [
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }} {% raw %}",
    "' onmouseover=alert(1) \" x",
    "\x00\x1b[31m\u202eevil\u2028",
    "مرحبا 订单延迟",
]


class Outline(HTMLParser):
    """The tags of a page, and the addresses that it names."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def render(document: dict[str, Any], source: Any = None) -> str:
    return render_dashboard_page(draw_dashboard(document, source or ExampleSource()))


def build_hostile_document(text: str) -> dict[str, Any]:
    variable = {"name": "v", "label": text, "type": "custom", "query": text, "current": {}}
    return build_dashboard(
        build_panel(title=text, description=text),
        build_panel("table", title=text, targets=[{"refId": "A", "expr": "up", "format": "table"}]),
        build_panel("text", options={"content": f"# {text}\n\n[a](javascript:alert(1)) {text}"}),
        build_panel(text, title=text),
        {"type": "row", "title": text, "panels": [], "gridPos": {"y": 50}},
        title=text,
        templating={"list": [variable]},
    )


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_texts_of_others_are_never_markup(text: str) -> None:
    source = TableSource({text: [1.0, 2.0]})
    page = render(build_hostile_document(text), source)
    clean = render(build_hostile_document("plain"), TableSource({"plain": [1.0, 2.0]}))
    assert Outline(page).tags == Outline(clean).tags
    assert not [name for name, _ in Outline(page).attributes if name.startswith("on")]
    assert "javascript:" not in dict(Outline(page).attributes).get("href", "")
    assert not re.search("[\x00\x1b\u202e\u2028]", page)


@settings(max_examples=count_examples(25))
@given(text=st.text(max_size=40))
def test_any_title_makes_a_page(text: str) -> None:
    page = render(build_dashboard(build_panel(title=text), title=text))
    Outline(page)
    page.encode()


def test_a_page_names_no_address_but_those_beside_it() -> None:
    attributes = Outline(render(build_dashboard(build_panel()))).attributes
    addresses = {value for name, value in attributes if name in {"src", "href", "action"}}
    assert addresses == {"index.html", "preview.css", "preview.js"}
    assert "url(" not in build_style()


def test_the_policy_of_a_page_forbids_the_network_and_evaluation() -> None:
    page = render(build_dashboard(build_panel()))
    (policy,) = re.findall('Content-Security-Policy" content="([^"]*)"', page)
    assert policy.startswith("default-src &#39;none&#39;; script-src &#39;self&#39;;")
    assert "unsafe" not in policy
    assert "connect-src" not in policy
    assert "style=" not in page


def test_example_data_is_named_on_every_page_and_real_data_is_not() -> None:
    document = build_dashboard(build_panel())
    drawing = draw_dashboard(document, ExampleSource())
    assert "EXAMPLE DATA" in render_dashboard_page(drawing)
    assert "EXAMPLE DATA" in render_index_page(name_pages([drawing]))
    assert "EXAMPLE DATA" not in render(document, TableSource({"a": [1.0]}))


def test_a_closed_row_is_closed_and_an_open_one_open() -> None:
    rows = [
        {"type": "row", "title": "Open", "panels": [], "gridPos": {"y": 0, "h": 1}},
        build_panel(gridPos={"x": 0, "y": 1, "w": 12, "h": 8}),
        {
            "type": "row",
            "title": "Closed",
            "collapsed": True,
            "panels": [build_panel(title="Inner")],
            "gridPos": {"y": 9, "h": 1},
        },
    ]
    page = render(build_dashboard(*rows))
    assert re.findall(r'<details class="row"( open)?>\s*<summary><bdi>(\w+)', page) == [
        (" open", "Open"),
        ("", "Closed"),
    ]
    assert page.index("Inner") > page.index("Closed")


def test_tabs_of_schema_v2_are_tabs() -> None:
    page = render(build_v2_document())
    assert re.findall(r'role="tab" aria-selected="(\w+)">(\w+)', page) == [
        ("true", "First"),
        ("false", "Second"),
    ]


def build_v2_document() -> dict[str, Any]:
    def build_tab(title: str) -> dict[str, Any]:
        item = {
            "kind": "GridLayoutItem",
            "spec": {
                "x": 0,
                "y": 0,
                "width": 12,
                "height": 8,
                "element": {"kind": "ElementReference", "name": "panel-1"},
            },
        }
        layout = {"kind": "GridLayout", "spec": {"items": [item]}}
        return {"kind": "TabsLayoutTab", "spec": {"title": title, "layout": layout}}

    query = {
        "kind": "PanelQuery",
        "spec": {
            "refId": "A",
            "hidden": False,
            "query": {
                "kind": "DataQuery",
                "group": "prometheus",
                "version": "v0",
                "datasource": {"name": "p"},
                "spec": {"expr": "up"},
            },
        },
    }
    element = {
        "kind": "Panel",
        "spec": {
            "id": 1,
            "title": "Up",
            "data": {
                "kind": "QueryGroup",
                "spec": {"queries": [query], "transformations": [], "queryOptions": {}},
            },
            "vizConfig": {
                "kind": "VizConfig",
                "group": "timeseries",
                "spec": {"options": {}, "fieldConfig": {"defaults": {}, "overrides": []}},
            },
        },
    }
    return {
        "title": "Tabs",
        "elements": {"panel-1": element},
        "layout": {
            "kind": "TabsLayout",
            "spec": {"tabs": [build_tab("First"), build_tab("Second")]},
        },
    }


def test_pages_of_equal_names_get_names_of_their_own() -> None:
    drawings: list[DashboardDrawing] = [
        draw_dashboard(build_dashboard(uid=uid), ExampleSource()) for uid in ("a", "a", "index")
    ]
    names = [name for name, _ in name_pages(drawings)]
    assert names == ["a.html", "a-1.html", "index-2.html"]
