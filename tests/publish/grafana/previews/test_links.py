"""Links to dashboards that a preview copies lead to the copies, and all others where they led."""

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.publish.grafana.previews.links import CopiedDashboards
from tailboard.publish.grafana.previews.preview import Preview

PREVIEW = Preview("pr-7", "shop")
ADDRESS = "https://grafana.example.org"
LONG_UID = "all-orders-and-what-belongs-to-them-here"
COPIES = CopiedDashboards(
    PREVIEW,
    {
        "orders-overview": ["service:orders", "tailboard"],
        "orders-routes": ["service:orders", "tailboard"],
        "queue-overview": ["service:queue", "tailboard"],
        LONG_UID: ["long"],
        "fleet": ["fleet", "tailboard"],
    },
    frozenset({"orders-overview", "orders-routes", "fleet", LONG_UID}),
    (ADDRESS,),
)
OVERVIEW = PREVIEW.build_uid("orders-overview")


def rewrite_url(url: str) -> str:
    document = COPIES.rewrite_document({"panels": [{"links": [{"url": url}]}]})
    return str(document["panels"][0]["links"][0]["url"])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/d/orders-overview", f"/d/{OVERVIEW}"),
        ("d/orders-overview/slug?a=b#c", f"d/{OVERVIEW}/slug?a=b#c"),
        ("/d-solo/orders-overview?panelId=3", f"/d-solo/{OVERVIEW}?panelId=3"),
        ("/grafana/d/orders-overview", f"/grafana/d/{OVERVIEW}"),
        (f"{ADDRESS}/d/orders-overview", f"{ADDRESS}/d/{OVERVIEW}"),
        (
            "${base}/d/orders-overview?${__url_time_range}",
            f"${{base}}/d/{OVERVIEW}?${{__url_time_range}}",
        ),
        (f"/d/{LONG_UID}", f"/d/{PREVIEW.build_uid(LONG_UID)}"),
        ("/alerting/list?dashboardUid=orders-overview", f"/alerting/list?dashboardUid={OVERVIEW}"),
    ],
)
def test_a_link_to_a_copied_dashboard_leads_to_the_copy(url: str, expected: str) -> None:
    assert rewrite_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "/d/queue-overview",
        "/d/orders-overview-2",
        "/d/orders",
        "/d/Orders-Overview",
        "https://elsewhere.example.org/d/orders-overview",
        "//elsewhere.example.org/d/orders-overview",
        f"{ADDRESS}.evil.example/d/orders-overview",
        "/explore?left=orders-overview",
        "/add/orders-overview",
        "/d/${name}",
        "",
    ],
)
def test_any_other_link_stays(url: str) -> None:
    assert rewrite_url(url) == url


def test_a_uid_with_a_variable_leads_to_copies_where_each_that_it_may_be_has_one() -> None:
    assert (
        rewrite_url("/d/orders-$page?a=1") == f"/d/{PREVIEW.build_readable_uid('orders-$page')}?a=1"
    )
    unfinished = "/d/${__data.fields.Service}-overview?${__url_time_range}"
    assert rewrite_url(unfinished) == unfinished


def test_links_are_found_wherever_people_write_them_and_queries_are_left_alone() -> None:
    query = {"expr": 'rate(hits{path="/d/orders-overview"}[5m])', "url": "/d/orders-overview"}
    document = {
        "description": "see [this](/d/orders-overview) or https://a.example/d/orders-overview.",
        "panels": [
            {
                "fieldConfig": {
                    "defaults": {"links": [{"url": "/d/orders-overview"}]},
                    "overrides": [
                        {"properties": [{"id": "links", "value": [{"url": "/d/orders-routes"}]}]}
                    ],
                },
                "options": {"content": '<a href="/d/orders-overview">x</a>', "mode": "html"},
                "targets": [query],
                "title": "/d/orders-overview",
            }
        ],
    }
    rewritten = COPIES.rewrite_document(document)
    [panel] = rewritten["panels"]
    assert rewritten["description"] == (
        f"see [this](/d/{OVERVIEW}) or https://a.example/d/orders-overview."
    )
    assert panel["fieldConfig"]["defaults"]["links"] == [{"url": f"/d/{OVERVIEW}"}]
    [override] = panel["fieldConfig"]["overrides"]
    assert override["properties"][0]["value"] == [
        {"url": f"/d/{PREVIEW.build_uid('orders-routes')}"}
    ]
    assert panel["options"]["content"] == f'<a href="/d/{OVERVIEW}">x</a>'
    assert panel["targets"] == [query]
    assert panel["title"] == "/d/orders-overview"


def test_queries_of_schema_v2_are_left_alone_and_their_panels_links_are_not() -> None:
    panel = {
        "kind": "Panel",
        "spec": {
            "data": {"kind": "QueryGroup", "spec": {"queries": [{"url": "/d/orders-overview"}]}},
            "links": [{"title": "x", "url": "/d/orders-overview"}],
        },
    }
    rewritten = COPIES.rewrite_document({"elements": {"panel-1": panel}})
    spec = rewritten["elements"]["panel-1"]["spec"]
    assert spec["data"] == panel["spec"]["data"]  # type: ignore[index]
    assert spec["links"][0]["url"] == f"/d/{OVERVIEW}"


def build_menu(*tags: str) -> dict[str, Any]:
    return {"tags": list(tags), "title": "Menu", "type": "dashboards"}


@pytest.mark.parametrize(
    ("tags", "menus"),
    [
        (("service:orders",), [build_menu("pr-7: service:orders")]),
        (("service:queue",), [build_menu("service:queue")]),
        (
            ("tailboard",),
            [
                {**build_menu("pr-7: tailboard"), "title": "pr-7: Menu"},
                build_menu("tailboard"),
            ],
        ),
        (("unknown",), [build_menu("unknown")]),
        ((), [build_menu()]),
    ],
)
def test_a_menu_lists_the_copies_and_what_has_none(
    tags: tuple[str, ...], menus: list[dict[str, Any]]
) -> None:
    assert COPIES.rewrite_document({"links": [build_menu(*tags)]})["links"] == menus


def test_a_list_of_dashboards_in_a_panel_lists_the_copies() -> None:
    options = {"showSearch": True, "tags": ["service:orders"]}
    rewritten = COPIES.rewrite_document({"panels": [{"options": options}]})
    assert rewritten["panels"][0]["options"]["tags"] == ["pr-7: service:orders"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda values: (
        st.lists(values, max_size=3)
        | st.dictionaries(
            st.sampled_from(["url", "links", "tags", "type", "content", "showSearch", "targets"]),
            values,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(st.dictionaries(st.sampled_from(["links", "panels", "tags"]), json_values))
def test_whatever_a_document_holds_it_is_rewritten(document: dict[str, Any]) -> None:
    rewritten = COPIES.rewrite_document(document)
    assert rewritten.keys() == document.keys()


@given(st.text(string.ascii_letters + "/$:.d{}-", max_size=3000))
def test_a_text_of_any_length_is_rewritten(text: str) -> None:
    assert rewrite_url(text.replace("orders", "")) == text.replace("orders", "")
