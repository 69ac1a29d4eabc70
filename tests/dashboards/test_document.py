"""What every document is, and how it is written."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from grafanalib.core import Dashboard as GrafanalibDashboard
from grafanalib.core import Template, Templating
from hypothesis import given, settings
from hypothesis import strategies as st

from tailboard.dashboards import Dashboard, Row, annotations, build_document, encode_document, links
from tailboard.panels.definition_error import DefinitionError
from tests.dashboards.sample_dashboards import (
    Json,
    exported,
    json_of,
    library_documents,
    line,
    refused,
    rows_of,
)

ROOT = Path(__file__).resolve().parents[2]
UID = re.compile(r"[a-zA-Z0-9_-]{1,40}")
HALF = "\ud83d"
"""Half a surrogate pair: what is left of an emoji that was cut."""

EVERYTHING = """
import sys
from tailboard.dashboards import written
from tests.dashboards.sample_dashboards import document, exported, library_documents
for made in (*library_documents().values(), document(exported())):
    sys.stdout.buffer.write(written(made))
"""


def titled(title: str) -> str:
    """The uid that a dashboard of this title gets."""
    return Dashboard(title).uid


def keys_are_sorted(pairs: list[tuple[str, Any]]) -> Json:
    keys = [key for key, _ in pairs]
    assert keys == sorted(keys)
    return dict(pairs)


# Bytes


def test_two_processes_with_different_hash_seeds_write_the_same_bytes() -> None:
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", EVERYTHING],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
        )
        for seed in ("1", "2")
    ]
    first, second = (run.communicate(timeout=60)[0] for run in runs)
    assert [run.returncode for run in runs] == [0, 0]
    assert len(first) > 1_000_000
    assert first == second


def test_the_same_dashboard_makes_the_same_document_twice() -> None:
    dashboard = Dashboard("Orders", [Row("Row", [line("A"), line("B")])], tags=("b", "a"))
    assert encode_document(build_document(dashboard)) == encode_document(build_document(dashboard))


def test_keys_are_sorted_at_every_depth() -> None:
    for made in (rows_of(Row("Row", [line("A")])), build_document(exported())):
        json.loads(encode_document(made), object_pairs_hook=keys_are_sorted)


def test_a_document_is_indented_and_ends_in_one_newline() -> None:
    found = encode_document(json_of())
    assert found.startswith(b'{\n  "annotations": {\n')
    assert found.endswith(b"}\n")
    assert not found.endswith(b"\n\n")


def test_what_is_written_is_what_was_made() -> None:
    for made in library_documents().values():
        assert json.loads(encode_document(made)) == made


def test_chinese_is_written_as_it_is() -> None:
    made = build_document(Dashboard("订单", [Row("黄金信号", [line("延迟 P99 µs")])], uid="orders"))
    found = encode_document(made).decode()
    assert all(it in found for it in ('"订单"', '"黄金信号"', '"延迟 P99 µs"'))
    assert "\\u" not in found


@pytest.mark.parametrize(
    "dashboard",
    [
        Dashboard(f"Orders {HALF}"),
        Dashboard("Orders", description=HALF),
        Dashboard("Orders", [Row(HALF, [line("A")])]),
        Dashboard("Orders", [Row("Row", [line(HALF)])]),
        Dashboard("Orders", [Row("Row", [line("A", expression=HALF)])]),
        Dashboard("Orders", tags=[HALF]),
        Dashboard("Orders", variables=[{"name": HALF}]),
        Dashboard("Orders", extra={HALF: 1}),
        GrafanalibDashboard(title=f"Orders {HALF}"),
        GrafanalibDashboard(title="Orders", panels=[line(HALF)]),
        {"title": f"Orders {HALF}"},
        {"title": "Orders", "panels": [{"type": "text", "title": HALF}]},
    ],
)
def test_half_a_character_is_refused(dashboard: object) -> None:
    with pytest.raises(DefinitionError) as caught:
        encode_document(build_document(dashboard))
    assert "dashboard 'Orders" in str(caught.value)
    assert caught.value.tip


def test_half_a_character_is_found_with_its_panel() -> None:
    error = refused(Dashboard("Orders", [Row("Row", [line("P99", expression=f"up {HALF}")])]))
    assert error.location[-1] == "panel 'P99'"


@given(st.text(min_size=1), st.text())
@settings(max_examples=60, deadline=None)
def test_whatever_text_there_is_comes_back_or_is_refused(title: str, description: str) -> None:
    """Half characters and empty titles are refused, everything else is written as it is."""

    def made() -> Any:
        dashboard = Dashboard(title, [Row("", [line(title)])], description=description)
        return json.loads(encode_document(build_document(dashboard)))

    if not title.strip() or any("\ud800" <= char <= "\udfff" for char in title + description):
        with pytest.raises(DefinitionError):
            made()
        return
    found = made()
    assert found["title"] == found["panels"][0]["title"] == title
    assert found.get("description", "") == description
    assert UID.fullmatch(found["uid"])


# Titles and uids


@pytest.mark.parametrize("title", ["", " ", "\n", None, 7])
def test_a_dashboard_without_title_is_refused(title: Any) -> None:
    with pytest.raises(DefinitionError, match="no title") as caught:
        Dashboard(title)
    assert caught.value.tip
    error = refused(GrafanalibDashboard(title=title))
    assert "no title" in error.problem


@pytest.mark.parametrize("uid", ["a" * 41, "orders/api", "orders api", "订单", "a.b", "ä", "a\n"])
def test_a_uid_that_grafana_refuses_is_refused(uid: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        Dashboard("Orders", uid=uid)
    assert repr(uid) in caught.value.problem
    assert "'Orders'" in caught.value.problem
    assert "1 to 40" in caught.value.tip
    for other in (GrafanalibDashboard(title="Orders", uid=uid), {"title": "Orders", "uid": uid}):
        error = refused(other)
        assert repr(uid) in error.problem
        assert error.location == ("dashboard 'Orders'",)


def test_a_uid_that_is_no_string_is_refused() -> None:
    assert "7" in refused({"title": "Orders", "uid": 7}).problem


@pytest.mark.parametrize("uid", ["a", "a" * 40, "Orders_API-2"])
def test_a_uid_that_grafana_accepts_is_kept(uid: str) -> None:
    for dashboard in (
        Dashboard("Orders", uid=uid),
        GrafanalibDashboard(title="Orders", uid=uid),
        {"title": "Orders", "uid": uid},
    ):
        assert build_document(dashboard)["uid"] == uid


@pytest.mark.parametrize("uid", ["", None])
def test_a_missing_uid_comes_from_the_title_whoever_made_the_dashboard(uid: Any) -> None:
    for dashboard in (
        Dashboard("Orders / API", uid=uid),
        GrafanalibDashboard(title="Orders / API", uid=uid),
        {"title": "Orders / API", "uid": uid},
        {"title": "Orders / API"},
    ):
        assert build_document(dashboard)["uid"] == "orders-api"


def test_a_derived_uid_never_changes() -> None:
    """Links and alerts point to it: these are promises, not results."""
    assert titled("Golden signals") == "golden-signals"
    assert titled("订单") == "8ba2-5355"
    assert titled("订单 API") == "api-3508f9d8"
    assert titled("An orders service whose name is far too long") == (
        "an-orders-service-whose-name-is-1846c3b1"
    )


TOO_SIMILAR = [
    ("订单 API", "支付 API"),
    ("订单概览与延迟分布情况一", "订单概览与延迟分布情况二"),
    (
        "Orders of the European shop by country / latency",
        "Orders of the European shop by country / errors",
    ),
    ("Überblick", "berblick"),
    ("Größe", "Grüße"),
    ("😀", "😁"),
]


@pytest.mark.parametrize(("one", "other"), TOO_SIMILAR)
def test_titles_that_differ_have_uids_that_differ(one: str, other: str) -> None:
    assert UID.fullmatch(titled(one))
    assert UID.fullmatch(titled(other))
    assert titled(one) != titled(other)


chinese = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x4E80), min_size=1)


@given(chinese, chinese, st.sampled_from(["", " API", " of a shop with a name of some length"]))
@settings(max_examples=60, deadline=None)
def test_chinese_titles_have_legal_uids_of_their_own(one: str, other: str, rest: str) -> None:
    assert UID.fullmatch(titled(one + rest))
    assert (titled(one + rest) == titled(other + rest)) is (one == other)


# Tags and the rest


def test_tags_are_sorted_and_once_and_ours_among_them() -> None:
    made = build_document(Dashboard("Orders", tags=["z", "a", "z"]))
    assert made["tags"] == ["a", "tailboard", "z"]
    assert build_document(made)["tags"] == made["tags"]


def test_a_tag_that_is_no_string_is_refused() -> None:
    error = refused(Dashboard("Orders", tags=["a", 1]))  # type: ignore[list-item]
    assert error.location == ("dashboard 'Orders'",)
    assert "tags" in error.problem


def test_a_tag_of_a_grafanalib_dashboard_is_kept() -> None:
    made = build_document(GrafanalibDashboard(title="Orders", tags=["team-a"]))
    assert made["tags"] == ["tailboard", "team-a"]


def test_our_dashboards_share_a_crosshair_and_are_refreshed() -> None:
    made = build_document(Dashboard("Orders"))
    assert made["graphTooltip"] == 1
    assert made["refresh"] == "1m"
    assert made["time"] == {"from": "now-1h", "to": "now"}
    assert made["timezone"] == "browser"
    assert made["editable"] is True


def test_what_json_does_not_say_is_what_grafana_would_say() -> None:
    made = build_document({"title": "Orders"})
    assert made["editable"] is True
    assert made["graphTooltip"] == 0
    assert made["time"] == {"from": "now-1h", "to": "now"}
    assert made["timezone"] == "browser"


def test_a_time_zone_that_somebody_chose_is_kept() -> None:
    for zone in ("utc", "Asia/Shanghai", ""):
        assert json_of(timezone=zone)["timezone"] == zone


def test_what_a_dashboard_says_is_in_its_document() -> None:
    variable = Template("job", "label_values(up, job)")
    made = build_document(
        Dashboard(
            "Orders",
            description="B",
            time_from="now-6h",
            refresh="",
            links=[links.dashboard("Other", "other"), links.tagged("All", "fleet")],
            annotations=[annotations.deployments("ship")],
            variables=[variable.to_json_data()],
            extra={"graphTooltip": 2, "liveNow": True},
        )
    )
    assert made["description"] == "B"
    assert made["time"]["from"] == "now-6h"
    assert made["refresh"] == ""
    assert (made["graphTooltip"], made["liveNow"]) == (2, True)
    assert [it["title"] for it in made["links"]] == ["Other", "All"]
    assert made["annotations"]["list"][1]["target"]["tags"] == ["ship"]
    assert "job" in {it["name"] for it in made["templating"]["list"]}


def test_links_carry_the_time_range_and_the_variables() -> None:
    for link in (links.dashboard("Other", "other"), links.tagged("All", "fleet")):
        assert link["keepTime"] is True
        assert link["includeVars"] is True
    assert links.dashboard("Other", "other")["url"] == "/d/other"
    assert links.tagged("All", "fleet")["tags"] == ["fleet"]


def test_a_grafanalib_dashboard_keeps_what_it_says() -> None:
    made = build_document(
        GrafanalibDashboard(
            title="Orders",
            uid="orders",
            description="B",
            editable=False,
            timezone="utc",
            templating=Templating([Template("job", "label_values(up, job)")]),
        )
    )
    assert (
        made.items()
        >= {
            "description": "B",
            "editable": False,
            "timezone": "utc",
            "uid": "orders",
        }.items()
    )
