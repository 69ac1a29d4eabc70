"""What every document is, and how it is written."""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from grafanalib.core import Dashboard as GrafanalibDashboard
from grafanalib.core import Template, Templating
from hypothesis import given, settings
from hypothesis import strategies as st

from tailboard.dashboards import (
    Dashboard,
    Row,
    annotations,
    build_document,
    encode_document,
    links,
    variables,
)
from tailboard.panels.definition_error import DefinitionError
from tests import ROOT
from tests.dashboards.sample_dashboards import (
    Json,
    build_json_document,
    build_library_documents,
    build_rows_document,
    build_timeseries,
    catch_definition_error,
    load_export,
)
from tests.example_counts import count_examples

UID = re.compile(r"[a-zA-Z0-9_-]{1,40}")
LONE_SURROGATE = "\ud83d"
"""Half a surrogate pair: what is left of an emoji that was cut."""

PRINT_ALL_PROGRAM = """
import sys
from tailboard.dashboards import encode_document
from tests.dashboards.sample_dashboards import build_library_documents, load_export
from tailboard.dashboards import build_document
for document in (*build_library_documents().values(), build_document(load_export())):
    sys.stdout.buffer.write(encode_document(document))
"""


def derive_uid(title: str) -> str:
    """The uid that a dashboard of this title gets."""
    return Dashboard(title).uid


def check_sorted_keys(pairs: list[tuple[str, Any]]) -> Json:
    keys = [key for key, _ in pairs]
    assert keys == sorted(keys)
    return dict(pairs)


# Bytes


@pytest.mark.slow
def test_two_processes_with_different_hash_seeds_write_the_same_bytes() -> None:
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", PRINT_ALL_PROGRAM],
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
    dashboard = Dashboard(
        "Orders", [Row("Row", [build_timeseries("A"), build_timeseries("B")])], tags=("b", "a")
    )
    assert encode_document(build_document(dashboard)) == encode_document(build_document(dashboard))


def test_keys_are_sorted_at_every_depth() -> None:
    for document in (
        build_rows_document(Row("Row", [build_timeseries("A")])),
        build_document(load_export()),
    ):
        json.loads(encode_document(document), object_pairs_hook=check_sorted_keys)


def test_a_document_is_indented_and_ends_in_one_newline() -> None:
    text = encode_document(build_json_document())
    assert text.startswith(b'{\n  "annotations": {\n')
    assert text.endswith(b"}\n")
    assert not text.endswith(b"\n\n")


def test_what_is_written_is_what_was_made() -> None:
    for document in build_library_documents().values():
        assert json.loads(encode_document(document)) == document


def test_chinese_is_written_as_it_is() -> None:
    document = build_document(
        Dashboard("订单", [Row("黄金信号", [build_timeseries("延迟 P99 µs")])], uid="orders")
    )
    text = encode_document(document).decode()
    assert all(name in text for name in ('"订单"', '"黄金信号"', '"延迟 P99 µs"'))
    assert "\\u" not in text


@pytest.mark.parametrize(
    "dashboard",
    [
        Dashboard(f"Orders {LONE_SURROGATE}"),
        Dashboard("Orders", description=LONE_SURROGATE),
        Dashboard("Orders", [Row(LONE_SURROGATE, [build_timeseries("A")])]),
        Dashboard("Orders", [Row("Row", [build_timeseries(LONE_SURROGATE)])]),
        Dashboard("Orders", [Row("Row", [build_timeseries("A", expression=LONE_SURROGATE)])]),
        Dashboard("Orders", tags=[LONE_SURROGATE]),
        Dashboard("Orders", variables=[{"name": LONE_SURROGATE}]),
        Dashboard("Orders", extra={LONE_SURROGATE: 1}),
        GrafanalibDashboard(title=f"Orders {LONE_SURROGATE}"),
        GrafanalibDashboard(title="Orders", panels=[build_timeseries(LONE_SURROGATE)]),
        {"title": f"Orders {LONE_SURROGATE}"},
        {"title": "Orders", "panels": [{"type": "text", "title": LONE_SURROGATE}]},
    ],
)
def test_half_a_character_is_refused(dashboard: object) -> None:
    with pytest.raises(DefinitionError) as excinfo:
        encode_document(build_document(dashboard))
    assert "dashboard 'Orders" in str(excinfo.value)
    assert excinfo.value.tip


def test_half_a_character_is_found_with_its_panel() -> None:
    error = catch_definition_error(
        Dashboard(
            "Orders", [Row("Row", [build_timeseries("P99", expression=f"up {LONE_SURROGATE}")])]
        )
    )
    assert error.location[-1] == "panel 'P99'"


@given(st.text(min_size=1), st.text())
@settings(max_examples=count_examples(60))
def test_whatever_text_there_is_comes_back_or_is_refused(title: str, description: str) -> None:
    """Half characters and empty titles are refused, everything else is written as it is."""

    def build_changed_document() -> Any:
        dashboard = Dashboard(title, [Row("", [build_timeseries(title)])], description=description)
        return json.loads(encode_document(build_document(dashboard)))

    if not title.strip() or any("\ud800" <= char <= "\udfff" for char in title + description):
        with pytest.raises(DefinitionError):
            build_changed_document()
        return
    document = build_changed_document()
    assert document["title"] == document["panels"][0]["title"] == title
    assert document.get("description", "") == description
    assert UID.fullmatch(document["uid"])


# Titles and uids


@pytest.mark.parametrize("title", ["", " ", "\n", None, 7])
def test_a_dashboard_without_title_is_refused(title: Any) -> None:
    with pytest.raises(DefinitionError, match="no title") as excinfo:
        Dashboard(title)
    assert excinfo.value.tip
    error = catch_definition_error(GrafanalibDashboard(title=title))
    assert "no title" in error.problem


def test_a_derived_uid_never_changes() -> None:
    """Links and alerts point to it: these are promises, not results."""
    assert derive_uid("Golden signals") == "golden-signals"
    assert derive_uid("订单") == "8ba2-5355"
    assert derive_uid("订单 API") == "api-3508f9d8"
    assert derive_uid("An orders service whose name is far too long") == (
        "an-orders-service-whose-name-is-1846c3b1"
    )


COLLIDING_TITLES = [
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


@pytest.mark.parametrize(("first_title", "second_title"), COLLIDING_TITLES)
def test_titles_that_differ_have_uids_that_differ(first_title: str, second_title: str) -> None:
    assert UID.fullmatch(derive_uid(first_title))
    assert UID.fullmatch(derive_uid(second_title))
    assert derive_uid(first_title) != derive_uid(second_title)


chinese = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x4E80), min_size=1)


@given(chinese, chinese, st.sampled_from(["", " API", " of a shop with a name of some length"]))
@settings(max_examples=count_examples(60))
def test_chinese_titles_have_legal_uids_of_their_own(
    first_title: str, second_title: str, suffix: str
) -> None:
    assert UID.fullmatch(derive_uid(first_title + suffix))
    assert (derive_uid(first_title + suffix) == derive_uid(second_title + suffix)) is (
        first_title == second_title
    )


# Tags and the rest


def test_what_a_dashboard_says_is_in_its_document() -> None:
    variable = Template("job", "label_values(up, job)")
    document = build_document(
        Dashboard(
            "Orders",
            description="B",
            time_from="now-6h",
            refresh="",
            links=[links.dashboard("Other", "other"), links.tag_menu("All", "fleet")],
            annotations=[annotations.deployments("ship")],
            variables=[variable.to_json_data()],
            extra={"graphTooltip": 2, "liveNow": True},
        )
    )
    assert document["description"] == "B"
    assert document["time"]["from"] == "now-6h"
    assert document["refresh"] == ""
    assert (document["graphTooltip"], document["liveNow"]) == (2, True)
    assert [link["title"] for link in document["links"]] == ["Other", "All"]
    assert document["annotations"]["list"][1]["target"]["tags"] == ["ship"]
    assert "job" in {variable["name"] for variable in document["templating"]["list"]}


def test_links_carry_the_time_range_and_the_variables() -> None:
    for link in (links.dashboard("Other", "other"), links.tag_menu("All", "fleet")):
        assert link["keepTime"] is True
        assert link["includeVars"] is True
    assert links.dashboard("Other", "other")["url"] == "/d/other"
    assert links.tag_menu("All", "fleet")["tags"] == ["fleet"]


def test_a_grafanalib_dashboard_keeps_what_it_says() -> None:
    document = build_document(
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
        document.items()
        >= {
            "description": "B",
            "editable": False,
            "timezone": "utc",
            "uid": "orders",
        }.items()
    )


def test_a_variable_of_a_label_has_the_options_that_it_is_given() -> None:
    variable = variables.label_values(
        "pod", "up", "pod", title=None, every=False, multiple=False, extra={"hide": 2}
    )
    assert not {"label", "includeAll", "allValue", "multi"} & {*variable}
    assert variable["hide"] == 2
    assert variables.label_values("pod", "up", "pod")["label"] == "Pod"
