"""Panels of one shape become a function, and values that several panels have a constant."""

from typing import Any

import pytest

from tailboard.convert.code import Name
from tailboard.convert.conversion import convert_dashboard
from tailboard.convert.proof import build_definition
from tailboard.convert.repetition.repetition import Sharing
from tests.tailboard.convert.repetition.panels_side_by_side import convert_panels
from tests.tailboard.convert.wild_documents import Document, build_document, build_panel, place

DESCRIPTION = "What it shows, at such a length that the call does not fit into a single line."
LINES = {"fillOpacity": 10, "lineWidth": 3}
CUSTOM = {"fillOpacity": 25, "lineWidth": 3, "stacking": {"group": "A", "mode": "normal"}}


def build_queue_panel(name: str, **fields: Any) -> Document:
    """A panel that differs from its neighbours by a name in title and query."""
    return build_panel(
        f"Queue of {name}",
        description=DESCRIPTION,
        fieldConfig={"defaults": {"custom": CUSTOM, "unit": "short"}},
        targets=[{"expr": f'sum(depth{{queue="{name}"}})', "legendFormat": "all"}],
        **fields,
    )


def test_panels_that_differ_by_a_name_are_a_function_and_a_loop() -> None:
    text = convert_panels(*map(build_queue_panel, ("mails", "orders", "bills", "reports")))
    assert "def build_queue(queue: str) -> TimeSeries:" in text
    assert 'f"Queue of {queue}"' in text
    assert "f'sum(depth{{queue=\"{queue}\"}})'" in text
    assert 'for queue in ("mails", "orders", "bills", "reports")' in text
    assert text.count("TimeSeries(") == 1


def test_panels_of_one_shape_with_other_texts_are_calls_of_a_function() -> None:
    titles = ("Waiting", "Failed", "Done", "Late")
    expressions = ("sum(waiting)", "sum(rate(failed[5m]))", "max(done)", "late")
    panels = [
        build_panel(
            title,
            description=DESCRIPTION,
            targets=[{"expr": expression, "legendFormat": "all"}],
            fieldConfig={"defaults": {"custom": CUSTOM, "unit": "short"}},
        )
        for title, expression in zip(titles, expressions, strict=True)
    ]
    text = convert_panels(*panels)
    assert "def build_timeseries(title: str, expression: str) -> TimeSeries:" in text
    assert 'build_timeseries("Failed", "sum(rate(failed[5m]))")' in text


def build_look_panel(index: int, **fields: Any) -> Document:
    """A panel in the look of its neighbours, with as many queries as its number says."""
    targets = [{"expr": f"up{number}", "legendFormat": "x"} for number in range(index + 1)]
    defaults = {"custom": CUSTOM, "unit": "short", **fields.pop("defaults", {})}
    options = {"legend": {"displayMode": "table"}, "tooltip": {"mode": "multi"}}
    return build_panel(
        f"Panel {index}",
        fieldConfig={"defaults": defaults, "overrides": []},
        options=options,
        targets=targets,
        **fields,
    )


def test_panels_of_one_look_are_calls_of_a_function_with_what_differs() -> None:
    panels = [build_look_panel(index) for index in range(8)]
    panels[3]["description"] = "Which differs from the others."
    panels[4]["fieldConfig"]["defaults"]["min"] = 0
    text = convert_panels(*panels)
    assert (
        "def build_timeseries(\n"
        "    title: str,\n"
        "    queries: Sequence[Query],\n"
        "    *,\n"
        '    description: str = "",\n'
        "    fields: Mapping[str, Any] | None = None,\n"
        ") -> dict[str, Any]:"
    ) in text
    assert "from collections.abc import Mapping, Sequence\n" in text
    assert text.count("raw(") == 1
    assert 'fields={"min": 0}' in text


def test_a_unit_that_differs_is_no_part_of_the_name_of_a_function() -> None:
    units = ("short", "s", "bytes", "ms", "percent", "m", "h", "d")
    panels = [build_look_panel(index, defaults={"unit": unit}) for index, unit in enumerate(units)]
    text = convert_panels(*panels)
    assert "def build_timeseries(" in text
    assert "    unit: str,\n" in text


def test_panels_with_little_in_common_stay_written_out() -> None:
    assert "def build_timeseries" not in convert_panels(*map(build_look_panel, range(3)))


def test_functions_of_one_kind_are_named_for_what_their_legends_say() -> None:
    panels = [
        build_panel(
            name,
            description=DESCRIPTION,
            fieldConfig={"defaults": {"custom": custom}, "overrides": []},
            targets=[{"expr": f"{name} + {index}", "legendFormat": f"{{{{{legend}}}}}"}],
        )
        for index, (legend, custom) in enumerate((("pod", CUSTOM), ("node", {"lineWidth": 3})))
        for name in ("cpu", "memory", "disk", "net")
    ]
    text = convert_panels(*panels)
    assert "def build_timeseries(" in text
    assert "def build_timeseries_by_node(" in text


def test_panels_of_one_title_are_named_for_their_rows_or_kinds() -> None:
    headings = [
        {"gridPos": place(0, y, 24, 1), "title": title, "type": "row"}
        for y, title in ((0, "Reads"), (9, "Writes"))
    ]
    panels = [
        build_panel("Rate", kind, description=DESCRIPTION, gridPos=place(x, y))
        for kind, x, y in (("stat", 0, 1), ("stat", 0, 10), ("gauge", 12, 10))
    ]
    conversion = convert_dashboard(build_document(headings[0], panels[0], headings[1], *panels[1:]))
    for name in ("READS_RATE", "RATE_STAT", "RATE_GAUGE"):
        assert f"\n{name} = raw(" in conversion.text


def test_panels_without_a_title_are_named_for_their_metrics() -> None:
    panels = [
        build_panel("", "stat", description=DESCRIPTION, targets=[{"expr": expression}])
        for expression in ("sum(up)", "node_load1")
    ]
    text = convert_panels(*panels)
    assert "\nUP_STAT = raw(" in text
    assert "\nNODE_LOAD1_STAT = raw(" in text


def test_variables_and_remarks_of_titles_are_no_part_of_names() -> None:
    titles = ("$job - Input", "Errors (5xx)", "Time (p50)", "Time (p99)", "Disk I/O", "Calls / sec")
    panels = [
        build_panel(title, description=DESCRIPTION, maxDataPoints=index)
        for index, title in enumerate(titles, 1)
    ]
    text = convert_panels(*panels)
    for name in ("INPUT", "ERRORS", "TIME_P50", "TIME_P99", "DISK_IO", "CALLS_PER_SEC"):
        assert f"\n{name} = TimeSeries(" in text


def test_a_function_is_built_of_no_other() -> None:
    panels = [build_queue_panel(name) for name in ("mails", "orders", "bills", "reports")]
    panels += [build_look_panel(index) for index in range(8)]
    text = convert_panels(*panels)
    assert text.count("def build_timeseries") == 1
    assert text.count("def build_queue") == 1
    assert text.count("return TimeSeries(") == 1
    assert text.count("return raw(") == 1


def build_query_panel(title: str, expression: str, index: int) -> Document:
    """A panel of one query in the look of its neighbours, all of them in different places."""
    return build_panel(
        title,
        fieldConfig={"defaults": {"custom": CUSTOM, "unit": "s"}, "overrides": []},
        options={"legend": {"displayMode": "table"}, "tooltip": {"mode": "multi"}},
        targets=[{"expr": expression, "legendFormat": "all"}],
        maxDataPoints=100 + index % 2,
    )


def test_panels_of_one_look_have_one_function_however_many_queries_they_have() -> None:
    panels = [build_query_panel(f"T{index}", f"up{index}", 0) for index in range(4)]
    panels += [build_look_panel(index, defaults={"unit": "s"}) for index in range(1, 6)]
    for panel in panels[4:]:
        panel["maxDataPoints"] = 100
    text = convert_panels(*panels)
    assert text.count("def build_") == 2  # the dashboard, and the panels
    assert text.count("build_timeseries(") == 10


def test_functions_are_named_for_the_words_that_all_titles_have() -> None:
    panels = [
        build_panel(
            f"Network - {title}",
            description=DESCRIPTION,
            fieldConfig={"defaults": {"custom": CUSTOM}, "overrides": []},
            targets=[
                {"expr": f"{title}_in", "legendFormat": "Received"},
                {"expr": f"sent_by_{title}", "legendFormat": "Sent"},
            ],
        )
        for title in ("Errors", "Drops", "Bytes")
    ]
    assert "def build_network_timeseries(\n" in convert_panels(*panels)


def test_a_parameter_stands_for_no_part_of_a_bracket() -> None:
    rests = ('mails"} | logfmt | ', 'orders"} |', 'bills"} |= ', 'reports"}')
    panels = [
        build_panel(
            "Errors",
            "logs",
            description=DESCRIPTION,
            datasource={"type": "loki", "uid": "x"},
            targets=[{"expr": f'{{job="{rest} level="error"'}],
        )
        for rest in rests
    ]
    text = convert_panels(*panels)
    assert "logfmt" in text
    assert "{job}" not in text
    assert '{job="' in text


def test_expressions_are_called_after_their_legends() -> None:
    panels = [
        build_panel(
            f"Traffic of {name}",
            description=DESCRIPTION,
            fieldConfig={"defaults": {"custom": CUSTOM}, "overrides": []},
            targets=[
                {"expr": f"{name}_in", "legendFormat": "Received"},
                {"expr": f"sent_by_{name}", "legendFormat": "Sent"},
            ],
        )
        for name in ("a", "b", "c")
    ]
    text = convert_panels(*panels)
    assert "received_expression: str" in text
    assert "sent_expression: str" in text
    assert 'sent_expression="sent_by_b"' in text  # the third argument has its name
    assert "    size: GridPos,\n" in text  # a row that is not full has places
    assert "size=grid_position(6, 0, 6, 8)" in text
    assert "import GridPos, grid_position\n" in text


def test_the_format_of_a_query_is_no_parameter() -> None:
    panels = [build_queue_panel(name, type="table") for name in "abc"]
    for panel, query_format in zip(panels, ("table", "heatmap", "table"), strict=True):
        panel["targets"][0]["format"] = query_format
    assert "def " not in convert_panels(*panels)


def test_two_panels_of_one_shape_stay_written_out() -> None:
    assert "def " not in convert_panels(*map(build_queue_panel, ("mails", "orders")))


def test_panels_that_differ_in_a_number_are_not_one_shape() -> None:
    panels = [build_queue_panel(name, maxDataPoints=index) for index, name in enumerate("abc")]
    assert "def " not in convert_panels(*panels)


def test_a_value_of_several_panels_is_a_constant_named_for_what_it_is() -> None:
    panels = [
        build_panel(
            f"Panel {index}",
            kind,
            targets=[{"expr": "up"}],
            fieldConfig={"defaults": {"decimals": index, "custom": CUSTOM}},
        )
        for index, kind in enumerate(("timeseries", "barchart", "timeseries", "trend"))
    ]
    text = convert_panels(*panels)
    assert "STYLE = {" in text
    assert text.count("custom=STYLE") >= 3


@pytest.mark.parametrize("name", ["{", "}", "{0}", "'", '"', "\\", "\n", "{{x}}", "%s", "\u2028"])
def test_names_with_braces_and_quotes_stay_what_they_are(name: str) -> None:
    names = [f"a{name}b", f"c{name}d", f"e{name}f", f"g{name}h"]
    text = convert_panels(*map(build_queue_panel, names))
    _, document = build_definition(text)
    assert [panel["title"] for panel in document["panels"]] == [
        f"Queue of {name}" for name in names
    ]


def test_constants_of_one_kind_are_named_for_what_differs() -> None:
    styles = (
        {"fillOpacity": 10, "lineWidth": 3, "showPoints": "never"},
        {"fillOpacity": 20, "lineWidth": 3, "showPoints": "never"},
        {"fillOpacity": 10, "lineWidth": 3, "stacking": {"mode": "normal"}},
    )
    panels = [
        build_panel(
            f"Panel {index}",
            fieldConfig={"defaults": {"custom": style, "decimals": index}, "overrides": []},
            targets=[{"expr": f"up{number}"} for number in range(index + 1)],
        )
        for style in styles
        for index in range(3)
    ]
    text = convert_panels(*panels)
    assert {line.partition(" = {")[0] for line in text.splitlines() if " = {" in line} == {
        "TIMESERIES_STYLE",
        "FILL_OPACITY_20_STYLE",
        "STACKING_STYLE",
    }


def test_a_long_value_of_two_panels_is_a_constant() -> None:
    legend = {"calcs": ["mean", "max", "min"], "displayMode": "table", "placement": "right"}
    panels = [
        build_panel(title, targets=[{"expr": "up"}] * count, options={"legend": legend})
        for title, count in (("A", 1), ("B", 2))
    ]
    assert convert_panels(*panels).count("=TIMESERIES_OPTIONS,") == 2
    for panel in panels:
        panel["options"] = {"legend": {"calcs": ["mean", "max"], "displayMode": "table"}}
    assert "TIMESERIES_OPTIONS" not in convert_panels(*panels)


def test_constants_are_named_for_the_texts_in_them() -> None:
    styles = ({"drawStyle": "bars", "lineWidth": 3}, {"axisLabel": "out (-) / in", "lineWidth": 3})
    override = {
        "matcher": {"id": "byRegexp", "options": "/sda.*/"},
        "properties": [{"id": "color", "value": {"fixedColor": "orange", "mode": "fixed"}}],
    }
    panels = [
        build_panel(
            f"Panel {index}",
            fieldConfig={
                "defaults": {"custom": {**style, "showPoints": "never"}, "decimals": index},
                "overrides": [] if style == LINES else [override],
            },
            targets=[{"expr": f"up{number}"} for number in range(index + 1)],
        )
        for style in (LINES, *styles)
        for index in range(3)
    ]
    text = convert_panels(*panels)
    for name in ("BARS_STYLE", "OUT_IN_STYLE"):
        assert f"custom={name}," in text
    assert "SDA_OVERRIDES = [" in text


def test_names_of_looks_say_no_none_and_no_colour() -> None:
    looks = (
        {"graphMode": "area", "justifyMode": "center", "textMode": "value"},
        {"colorMode": "none", "graphMode": "area", "justifyMode": "center", "textMode": "value"},
        {"graphMode": "area", "justifyMode": "center", "reduceOptions": {"calcs": ["min"]}},
    )
    panels = [
        build_panel(
            f"Panel {index}",
            "stat",
            options=look,
            fieldConfig={"defaults": {"decimals": index}, "overrides": []},
            targets=[{"expr": f"up{number}"} for number in range(index + 1)],
        )
        for look in looks
        for index in range(3)
    ]
    text = convert_panels(*panels)
    assert "OPTIONS_OPTIONS" not in text
    assert "\nNO_COLOR_MODE_OPTIONS = {" in text
    assert "\nREDUCE_OPTIONS = {" in text


def test_overrides_of_two_series_are_named_for_both_where_others_have_each() -> None:
    def build_override(name: str) -> Document:
        properties = [{"id": "custom.transform", "value": "negative-Y"}]
        return {"matcher": {"id": "byRegexp", "options": f"/{name}.*/"}, "properties": properties}

    lists = (["sda"], ["write"], ["write", "sda"])
    panels = [
        build_panel(
            f"Panel {index}",
            fieldConfig={
                "defaults": {"decimals": index},
                "overrides": list(map(build_override, names)),
            },
            targets=[{"expr": f"up{number}"} for number in range(index + 1)],
        )
        for names in lists
        for index in range(3)
    ]
    text = convert_panels(*panels)
    for name in ("SDA", "WRITE", "WRITE_SDA"):
        assert f"\n{name}_OVERRIDES = [" in text


def test_the_options_of_a_mapping_are_no_options_of_panels() -> None:
    mapping = {"type": "special", "options": {"match": "null", "result": {"text": "nothing"}}}
    panels = [
        build_panel(
            f"Panel {index}",
            "stat",
            fieldConfig={"defaults": {"decimals": index, "mappings": [mapping] * (index + 1)}},
            targets=[{"expr": f"up{number}"} for number in range(index + 1)],
        )
        for index in range(4)
    ]
    assert "OPTIONS" not in convert_panels(*panels)


def test_a_data_source_of_some_panels_is_a_constant_however_short_it_is() -> None:
    panels = [
        build_panel(
            f"Panel {index}",
            datasource={"type": "loki", "uid": "x"},
            targets=[{"expr": f"{{x{number}=''}}"} for number in range(index + 1)],
        )
        for index in range(3)
    ]
    text = convert_panels(*panels, build_panel("Metrics", targets=[{"expr": "up"}]))
    assert 'LOKI = {"type": "loki", "uid": "x"}\n' in text
    assert text.count("dataSource=LOKI") == 3


def test_a_value_that_uses_a_parameter_is_no_constant() -> None:
    def build_linked_panel(kind: str, name: str) -> Document:
        link = {"title": "Open the dashboard of it", "url": f"/d/{name}?from=now-1h&to=now"}
        return build_queue_panel(name, type=kind, links=[link, link])

    names = ("mails", "orders", "bills", "reports")
    panels = [
        build_linked_panel(kind, name)
        for kind in ("timeseries", "barchart", "stat")
        for name in names
    ]
    assert convert_panels(*panels).count("def build_") == 3


def test_a_definition_that_cannot_be_run_gives_way_to_a_plain_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def break_code(codes: list[Any], others: list[Any], _: object) -> Sharing:
        return Sharing([Name("MISSING") for _ in codes], [], others)

    monkeypatch.setattr("tailboard.convert.definition.share_code", break_code)
    assert "raw(" in convert_panels(*map(build_queue_panel, ("mails", "orders")))
