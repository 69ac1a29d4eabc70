"""The definition of a dashboard's JSON builds the same dashboard, and says nothing else."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.convert.canonical import build_canonical
from tailboard.convert.conversion import convert_dashboard
from tailboard.convert.proof import build_definition
from tailboard.dashboards import build_document as build_stored_document
from tailboard.panels.definition_error import DefinitionError
from tests.tailboard.convert.wild_documents import (
    DATASOURCE_VARIABLE,
    WILD_DOCUMENTS,
    Document,
    build_document,
    build_panel,
    place,
)

RUFF = shutil.which("ruff", path=str(Path(sys.executable).parent))

every_document = pytest.mark.parametrize("name", WILD_DOCUMENTS)
needs_ruff = pytest.mark.skipif(RUFF is None, reason="ruff is not installed beside Python")


def convert_text(*panels: Document, **fields: Any) -> str:
    return convert_dashboard(build_document(*panels, **fields)).text


@every_document
def test_a_definition_builds_the_dashboard_of_its_json(name: str) -> None:
    conversion = convert_dashboard(WILD_DOCUMENTS[name])
    assert not conversion.differences
    _, document = build_definition(conversion.text)
    stored = build_stored_document(WILD_DOCUMENTS[name])
    assert (document["title"], document["uid"]) == (stored["title"], stored["uid"])
    assert list_titles(document["panels"]) == list_titles(stored["panels"])


def list_titles(panels: list[Document]) -> list[Any]:
    return [
        title
        for panel in panels
        for title in [panel.get("title") or None, *list_titles(panel.get("panels") or [])]
    ]


@every_document
def test_a_conversion_always_gives_the_same_text(name: str) -> None:
    document = WILD_DOCUMENTS[name]
    assert convert_dashboard(document).text == convert_dashboard(document).text


@needs_ruff
@pytest.mark.parametrize("width", [88, 100])
def test_definitions_are_formatted_as_formatters_of_either_width_do(
    tmp_path: Path, width: int
) -> None:
    for index, document in enumerate(WILD_DOCUMENTS.values()):
        path = tmp_path / f"definition_{index}.py"
        path.write_text(convert_dashboard(document).text)
    command = [str(RUFF), "format", "--isolated", "--diff", "--line-length", str(width)]
    result = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")


@needs_ruff
def test_definitions_have_no_unused_import_and_no_undefined_name(tmp_path: Path) -> None:
    for index, document in enumerate(WILD_DOCUMENTS.values()):
        path = tmp_path / f"definition_{index}.py"
        path.write_text(convert_dashboard(document).text)
    command = [str(RUFF), "check", "--isolated", "--select", "E4,E7,E9,F,I,UP,W", str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert result.returncode == 0, result.stdout


@pytest.mark.slow
def test_definitions_pass_a_strict_type_check(tmp_path: Path) -> None:
    for index, document in enumerate(WILD_DOCUMENTS.values()):
        (tmp_path / f"definition_{index}.py").write_text(convert_dashboard(document).text)
    command = [sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports"]
    command += ["--no-warn-unused-ignores", str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert str(tmp_path) not in result.stdout, result.stdout


def list_code(text: str) -> list[str]:
    """The shape of a text: what kinds of syntax it has, and the names that it uses.

    A text of several lines counts as a literal, though `dedent` takes its indentation off.
    """
    tree = TextOfLines().visit(ast.parse(text))
    return [
        f"{type(node).__name__} {getattr(node, 'id', '')} {getattr(node, 'attr', '')}"
        for node in ast.walk(tree)
        if not isinstance(node, ast.Constant | ast.JoinedStr)
    ]


class TextOfLines(ast.NodeTransformer):
    """Takes the calls of `dedent` out of a module, and its import."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """The literal in the place of the call that has it."""
        self.generic_visit(node)
        is_dedent = isinstance(node.func, ast.Name) and node.func.id == "dedent"
        return node.args[0] if is_dedent and isinstance(node.args[0], ast.Constant) else node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        """All but the import of `dedent`."""
        return None if node.module == "textwrap" else node


@given(st.text(min_size=1).filter(str.strip), st.text(), st.text())
def test_a_text_of_a_document_is_a_literal_and_nothing_else(
    title: str, expression: str, description: str
) -> None:
    """However it reads, it changes no more than literals, and the name of the panel's constant."""
    panel = build_panel(
        "x" * 90,
        description=description,
        targets=[{"expr": "x" + expression, "legendFormat": title, "refId": "A"}],
    )
    try:
        conversion = convert_dashboard(build_document(panel, title=title))
    except DefinitionError:  # half a character, which JSON cannot say
        return
    assert not conversion.differences
    plain_panel = build_panel(
        "x" * 90,
        description="d" if description else "",
        targets=[{"expr": "x", "legendFormat": "t", "refId": "A"}],
    )
    plain_text = convert_text(plain_panel, title="t")
    assert list_code(conversion.text) == list_code(plain_text)


def test_what_grafana_does_by_default_is_left_out() -> None:
    text = convert_text(
        build_panel(
            fieldConfig={
                "defaults": {
                    "color": {"mode": "palette-classic"},
                    "custom": {"drawStyle": "line", "fillOpacity": 25, "lineWidth": 1},
                },
                "overrides": [],
            },
            gridPos=place(0, 0, 24, 8),
            id=17,
            options={"legend": {"calcs": [], "displayMode": "list", "showLegend": True}},
            pluginVersion="12.0.0",
            targets=[{"editorMode": "builder", "expr": "up", "range": True, "refId": "A"}],
        )
    )
    assert 'TimeSeries(title="CPU", targets=[Query("up", legend=None)], fillOpacity=25' in text
    assert "17" not in text


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"legendFormat": "{{pod}}", "instant": True}, 'Query("up", "{{pod}}", instant=True)'),
        ({"format": "table", "instant": True}, 'Query("up", format="table", instant=True)'),
        (
            {"format": "table", "legendFormat": "__auto"},
            'Query("up", "__auto", format="table")',
        ),
        ({"intervalFactor": 2}, 'Query("up", legend=None, interval_factor=2)'),
        ({"legendFormat": "__auto", "interval": "1m"}, 'Query("up", interval="1m")'),
        (
            {"hide": True, "format": "table", "refId": "X"},
            'Query("up", format="table", hide=True, ref_id="X")',
        ),
        (
            {"legendFormat": "__auto", "format": "logs", "step": 7, "scope": "a"},
            'Query("up", extra={"format": "logs", "scope": "a"})',
        ),
        ({"legendFormat": 7}, 'Query("up", extra={"legendFormat": 7})'),
    ],
)
def test_promql_is_a_query_whatever_its_options_are(fields: Document, code: str) -> None:
    conversion = convert_dashboard(build_document(build_panel(targets=[{"expr": "up", **fields}])))
    assert not conversion.differences
    assert code in conversion.text


def test_queries_side_by_side_have_one_notation() -> None:
    targets = [{"expr": "up"}, {"expr": "down", "legendFormat": "{{pod}}"}]
    assert '[Query("up", legend=None), Query("down", "{{pod}}")]' in convert_text(
        build_panel(targets=targets)
    )


def test_rows_are_a_table_of_contents() -> None:
    description = "What it shows, at such a length that the call does not fit into the line."
    text = convert_text(
        {"gridPos": place(0, 0, 24, 1), "title": "Use", "type": "row"},
        build_panel("CPU of pods", description=description, gridPos=place(0, 1)),
        build_panel("Memory of pods", description=description, gridPos=place(12, 1)),
    )
    assert 'Row("Use", [CPU_OF_PODS, MEMORY_OF_PODS])' in text
    assert text.index("CPU_OF_PODS = TimeSeries(") < text.index("dashboard = Dashboard(")


@pytest.mark.parametrize(
    ("positions", "is_needed"),
    [
        ([place(0, 0), place(12, 0)], False),
        ([place(0, 0, 8, 6), place(8, 0, 16, 6)], False),
        ([place(0, 0, 8, 4), place(8, 0, 8, 8)], True),
        ([place(0, 0, 8, 4), place(0, 9, 24, 4)], True),
    ],
)
def test_places_are_said_only_where_the_layout_would_not_put_the_panels(
    positions: list[Document], is_needed: bool
) -> None:
    panels = [
        build_panel(f"P{index}", gridPos=position) for index, position in enumerate(positions)
    ]
    conversion = convert_dashboard(build_document(*panels))
    assert not conversion.differences
    assert ("grid_position" in conversion.text) == is_needed


def test_gaps_that_grafana_closes_are_no_difference() -> None:
    panels = [build_panel("A"), build_panel("B", gridPos=place(0, 40))]
    conversion = convert_dashboard(build_document(*panels))
    assert not conversion.differences


def test_the_only_fixed_data_source_becomes_the_variable_in_which_it_is_selected() -> None:
    conversion = convert_dashboard(WILD_DOCUMENTS["fixed data source"])
    _, document = build_definition(conversion.text)
    (variable,) = document["templating"]["list"]
    assert variable["current"] == {"text": "P1809F7CD0C75ACF3", "value": "P1809F7CD0C75ACF3"}
    assert document["panels"][0]["datasource"]["uid"] == "${datasource}"
    assert "P1809F7CD0C75ACF3" in conversion.notes[0]
    assert "P1809F7CD0C75ACF3" in (ast.get_docstring(ast.parse(conversion.text)) or "")


def test_an_id_is_kept_where_another_panel_reads_its_results() -> None:
    text = convert_dashboard(WILD_DOCUMENTS["other languages"]).text
    assert text.count('"id": 7') == 1


def test_json_that_a_build_refuses_is_refused() -> None:
    with pytest.raises(DefinitionError, match="the JSON is not a dashboard"):
        convert_dashboard({"panels": []})


def test_a_difference_that_remains_is_listed_in_the_docstring(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tailboard.convert.definition.list_link_codes", lambda _: [])
    conversion = convert_dashboard(build_document(build_panel(), links=[{"title": "x"}]))
    assert conversion.differences == ("links changed",)
    assert "- links changed" in (ast.get_docstring(ast.parse(conversion.text)) or "")


def test_a_query_variable_is_said_once() -> None:
    query = "query_result(topk(3, up))"
    variable = {
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "definition": query,
        "includeAll": False,
        "name": "pod",
        "query": {"qryType": 1, "query": query, "refId": "Any"},
        "refresh": 1,
        "type": "query",
    }
    conversion = convert_dashboard(
        build_document(build_panel(), templating={"list": [variable]}, annotations={"list": []})
    )
    assert not conversion.differences
    assert conversion.text.count("query_result(topk(3, up))") == 1
    assert "definition" not in conversion.text


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, 'title=None, every=False, multiple=False, extra={"sort": 0}'),
        (
            {"label": "Pod", "multi": True, "sort": 1},
            'variables.label_values("pod", "up", "pod", every=False)',
        ),
        ({"label": "Pods", "sort": 1}, 'title="Pods", every=False, multiple=False'),
        (
            {"label": "Pod", "sort": 1, "includeAll": True, "multi": True, "allValue": ".+"},
            'variables.label_values("pod", "up", "pod", extra={"allValue": ".+"})',
        ),
        (
            {"hide": 2, "refresh": 1, "regex": "x", "sort": 3},
            '"query": "label_values(up, pod)"',
        ),
    ],
)
def test_a_variable_of_a_label_is_a_call_with_what_differs(fields: Document, code: str) -> None:
    variable = {
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "name": "pod",
        "query": "label_values(up,pod)",
        "refresh": 2,
        "type": "query",
        **fields,
    }
    conversion = convert_dashboard(
        build_document(build_panel(), templating={"list": [dict(DATASOURCE_VARIABLE), variable]})
    )
    assert not conversion.differences
    assert code in " ".join(conversion.text.split()).replace("( ", "(").replace(", )", ")")


def test_an_input_of_an_export_is_the_data_source_of_every_dashboard() -> None:
    document = build_document(
        build_panel(datasource={"type": "prometheus", "uid": "${DS_PROMETHEUS}"}),
        __inputs=[{"name": "DS_PROMETHEUS", "pluginId": "prometheus", "type": "datasource"}],
        templating={"list": []},
    )
    conversion = convert_dashboard(document)
    assert not conversion.differences
    assert "DS_PROMETHEUS" not in conversion.text


def test_panels_that_stand_on_others_are_moved_and_that_is_said() -> None:
    heading = {"gridPos": place(0, 0, 0, 0), "title": "Row", "type": "row"}
    panels = [heading, build_panel("A"), build_panel("B", gridPos=place(6, 4))]
    conversion = convert_dashboard(build_document(*panels))
    assert not conversion.differences
    assert "moved below them" in conversion.notes[0]


def build_long_panels() -> list[Document]:
    """Two panels in a row each, at such a length that they are constants."""
    fields = {"description": "What it shows, at such a length that it does not fit into a line."}
    return [
        {"gridPos": place(0, 0, 24, 1), "title": "Use", "type": "row"},
        build_panel("CPU of pods", gridPos=place(0, 1), **fields),
        build_panel("Memory of pods", "barchart", gridPos=place(12, 1), **fields),
        {"gridPos": place(0, 9, 24, 1), "title": "fmt: off", "type": "row"},
        build_panel("Requests", gridPos=place(0, 10), **fields),
        {"gridPos": place(0, 18, 24, 1), "title": "Short", "type": "row"},
        build_panel("Up", gridPos=place(0, 19, 24)),
    ]


def test_the_panels_of_a_row_stand_below_its_title_and_apart_from_each_other() -> None:
    text = convert_text(*build_long_panels())
    assert "\n\n# Use\nCPU_OF_PODS = TimeSeries(" in text
    assert ")\n\nMEMORY_OF_PODS = raw(" in text
    assert ')\n\n\n# "fmt: off"\nREQUESTS = TimeSeries(' in text
    assert ")\n\n\ndashboard = Dashboard(" in text
    assert "# Short" not in text


@pytest.mark.parametrize(
    ("description", "docstring"),
    [
        ("", "Shop: the dashboard that `tailboard convert` made of its JSON."),
        ("Shop.", "Shop: the dashboard that `tailboard convert` made of its JSON."),
        ("What is sold.\nAnd to whom", "Shop: What is sold."),
        ("What is sold. And to whom", "Shop: What is sold."),
        (f"All that is sold here: {'x' * 79}", "Shop: All that is sold here."),
        (f"Sold: {'x' * 79}", "Shop: the dashboard that `tailboard convert` made of its JSON."),
        ("x" * 79, f"{'x' * 79}."),
        ("x" * 90, "Shop: the dashboard that `tailboard convert` made of its JSON."),
    ],
)
def test_the_docstring_says_what_the_dashboard_is(description: str, docstring: str) -> None:
    text = convert_text(build_panel(), description=description)
    assert ast.get_docstring(ast.parse(text)) == docstring


def test_a_description_that_is_the_title_is_left_out() -> None:
    conversion = convert_dashboard(
        build_document(build_panel("CPU", description="CPU."), description="shop")
    )
    assert not conversion.differences
    assert "description" not in conversion.text


def build_color(name: str, color: str, **fields: Any) -> Document:
    value = {"fixedColor": color, "mode": "fixed", **fields}
    return {
        "matcher": {"id": "byName", "options": name},
        "properties": [{"id": "color", "value": value}],
    }


def test_colours_of_lines_are_one_call() -> None:
    dashed = build_color("c", "red", seriesBy="max")
    overrides = [build_color("a", "red"), build_color("b", "blue"), dashed, build_color("a", "x")]
    conversion = convert_dashboard(
        build_document(build_panel(fieldConfig={"defaults": {}, "overrides": overrides}))
    )
    assert not conversion.differences
    assert '*build_name_colors({"a": "red", "b": "blue"}),\n' in conversion.text
    assert '*build_name_colors({"a": "x"}),\n' in conversion.text
    assert conversion.text.count("build_override(") == 1


def test_thresholds_in_percent_are_values_and_colours_too() -> None:
    steps = [{"color": "green", "value": None}, {"color": "red", "value": 80}]
    thresholds = {"mode": "percentage", "steps": steps}
    conversion = convert_dashboard(
        build_document(build_panel(fieldConfig={"defaults": {"thresholds": thresholds}}))
    )
    assert not conversion.differences
    assert 'thresholds=build_threshold_steps([(80, "red")]),\n' in conversion.text
    assert 'thresholdType="percentage",\n' in conversion.text


def test_overrides_for_the_same_lines_are_one() -> None:
    dashes = {"id": "custom.lineStyle", "value": {"fill": "dash"}}
    overrides = [
        build_color("a", "red"),
        {"matcher": {"id": "byName", "options": "a"}, "properties": [dashes]},
        {"matcher": {"id": "byName", "options": "b"}, "properties": []},
    ]
    conversion = convert_dashboard(
        build_document(build_panel(fieldConfig={"defaults": {}, "overrides": overrides}))
    )
    assert not conversion.differences
    assert conversion.text.count('"byName"') == 1


def test_a_colour_of_two_overrides_for_one_line_is_kept_twice() -> None:
    overrides = [build_color("a", "red"), build_color("a", "blue")]
    conversion = convert_dashboard(
        build_document(build_panel(fieldConfig={"defaults": {}, "overrides": overrides}))
    )
    assert not conversion.differences
    assert conversion.text.count("build_name_colors({") == 2


@pytest.mark.parametrize(
    ("fields", "is_read"),
    [
        ({}, False),
        ({"transformations": [{"id": "filterByRefId", "options": {"include": "B"}}]}, True),
        ({"type": "table"}, True),
        ({"type": "somebody-s-panel"}, True),
        (
            {
                "fieldConfig": {
                    "defaults": {},
                    "overrides": [
                        {
                            "matcher": {"id": "byFrameRefID", "options": "B"},
                            "properties": [{"id": "unit", "value": "s"}],
                        }
                    ],
                }
            },
            True,
        ),
    ],
)
def test_names_of_queries_are_said_where_something_reads_them(
    fields: Document, is_read: bool
) -> None:
    targets = [
        {"expr": "up", "legendFormat": "up", "refId": "B"},
        {"expr": "down", "legendFormat": "down", "refId": "A"},
    ]
    conversion = convert_dashboard(build_document(build_panel(targets=targets, **fields)))
    assert not conversion.differences
    assert ('ref_id="B"' in conversion.text) == is_read


def test_names_of_queries_beside_an_expression_are_said() -> None:
    targets = [
        {"expr": "up", "refId": "B"},
        {"datasource": {"type": "__expr__", "uid": "__expr__"}, "expression": "$B", "refId": "C"},
    ]
    assert 'ref_id="B"' in convert_text(build_panel(targets=targets))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        (
            "Average time that is spent by each command",
            "AVERAGE_TIME_THAT_IS_SPENT_BY_EACH_COMMAND",
        ),
        (
            "Average time that somebody has spent on a command of the service",
            "AVERAGE_TIME_THAT_SOMEBODY_HAS_SPENT_ON_A_COMMAND",
        ),
        ("Requests of", "REQUESTS_OF"),
        ("of " * 40, "OF"),
    ],
)
def test_a_name_that_is_cut_ends_where_it_has_a_meaning(title: str, name: str) -> None:
    text = convert_text(build_panel(title, description="What it shows. " * 8))
    assert f"{name} = TimeSeries(" in text


def test_long_promql_is_broken_between_its_terms() -> None:
    expression = (
        'sum(rate(http_requests_total{namespace="$namespace", pod=~"$pod"}[5m])) by (pod) / '
        'sum(rate(http_limits_total{namespace="$namespace"}[5m])) by (pod)'
    )
    text = convert_text(build_panel(targets=[{"expr": expression}]))
    lines = [line.strip() for line in text.splitlines()]
    assert any(line.startswith("'/ sum(rate(http_limits_total{") for line in lines)
    assert all(len(line) <= 88 for line in text.splitlines())


def test_lists_of_labels_stay_together() -> None:
    metric = "a_metric_with_a_name_of_some_length_total"
    expression = f"sum(rate({metric}[5m])) by (namespace, pod, container, image, node, region)"
    text = convert_text(build_panel(targets=[{"expr": expression, "legendFormat": "x"}]))
    assert '"by (namespace, pod, container, image, node, region)"' in text


def test_brackets_that_open_before_a_long_term_stay_with_it() -> None:
    term = f"a_metric_with_a_name_of_{'many_' * 10}words[5m]"
    text = convert_text(build_panel(targets=[{"expr": f"sum(rate({term})) + sum(rate({term}))"}]))
    assert f'"sum(rate({term})) "\n' in text


def test_an_indentation_stays_before_a_long_term() -> None:
    expression = f"sum( \n    a_metric_{'of_many_words_' * 7}total\n)"
    text = convert_text(build_panel(targets=[{"expr": expression}]))
    assert '"    "\n' not in text
    assert '"    a_metric_' in text


def test_a_variable_in_braces_is_never_cut() -> None:
    expression = f"sum(increase(a_metric_{'with_a_name_' * 6}[${{__range_s}}s])) by (instance)"
    text = convert_text(build_panel(targets=[{"expr": expression}]))
    assert "[${__range_s}s]" in text


def test_fields_that_old_editors_wrote_into_queries_are_left_out() -> None:
    query = {"expr": "up", "calculatedInterval": "2m", "datasourceErrors": {}, "errors": {}}
    assert "extra=" not in convert_text(build_panel(targets=[query])).partition("dashboard =")[0]


@pytest.mark.parametrize("expression", ["sum(\n  up\n)\n", "sum(\n\n    up\n)", "a\n+\nb"])
def test_promql_of_several_lines_is_written_as_such(expression: str) -> None:
    conversion = convert_dashboard(
        build_document(build_panel(targets=[{"expr": expression, "legendFormat": "l" * 80}]))
    )
    assert not conversion.differences
    assert 'dedent("""\\\n' in conversion.text
    assert "from textwrap import dedent\n" in conversion.text


@pytest.mark.parametrize(
    "expression",
    ["a\n\n", " a\n +\n b", "a \n+\nb", 'a\n+\n"""', 'a\n+\n"', "a\n\\d\nb", "a\n\t+\nb"],
)
def test_lines_that_would_not_come_back_unchanged_are_literals(expression: str) -> None:
    panel = build_panel(targets=[{"expr": expression, "legendFormat": "l" * 80}])
    conversion = convert_dashboard(build_document(panel))
    assert not conversion.differences
    assert "dedent" not in conversion.text


def test_a_long_title_is_a_docstring_of_one_line() -> None:
    text = convert_text(build_panel(), title="A title of many words " * 6)
    assert len(text.partition("\n")[0]) <= 88


def test_a_variable_of_a_query_that_is_not_there_is_no_mistake() -> None:
    variables = [{"name": "pod", "type": "query"}, {"name": "x", "query": {}, "type": "query"}]
    conversion = convert_dashboard(build_document(build_panel(), templating={"list": variables}))
    assert not conversion.differences


def test_what_grafana_reads_no_more_is_left_out() -> None:
    query = {"expr": "up", "metric": "up", "refId": "A", "step": 240}
    panel = build_panel(fieldConfig={"defaults": {"unitScale": True}}, targets=[query])
    conversion = convert_dashboard(build_document(panel))
    assert not conversion.differences
    assert '[Query("up", legend=None)]' in conversion.text
    assert "unitScale" not in conversion.text


@pytest.mark.parametrize(("kind", "is_said"), [("stat", False), ("timeseries", True)])
def test_colours_by_thresholds_are_said_where_the_kind_has_others(kind: str, is_said: bool) -> None:
    fields = {"color": {"mode": "thresholds"}, "min": 0}
    panel = build_panel(type=kind, fieldConfig={"defaults": fields})
    conversion = convert_dashboard(build_document(panel))
    assert not conversion.differences
    assert ('colorMode="thresholds"' in conversion.text) is is_said


@pytest.mark.parametrize(
    ("kind", "options", "kept_options"),
    [
        ("stat", {"graphMode": "none", "text": {}}, {"graphMode": "none"}),
        ("stat", {"text": {"valueSize": 20}}, {"text": {"valueSize": 20}}),
        ("table", {"sortBy": [], "showHeader": False}, {"showHeader": False}),
        (
            "piechart",
            {"legend": {"placement": "right", "values": []}},
            {"legend": {"placement": "right"}},
        ),
        ("timeseries", {"alertThreshold": True, "dataLinks": []}, {}),
        ("table", {"footer": {"fields": "", "reducer": ["sum"], "show": False}}, {}),
        (
            "table",
            {"footer": {"enablePagination": True, "reducer": ["sum"], "show": False}},
            {"footer": {"enablePagination": True}},
        ),
        (
            "table",
            {"footer": {"reducer": ["sum"], "show": True}},
            {"footer": {"reducer": ["sum"], "show": True}},
        ),
    ],
)
def test_options_that_say_nothing_are_left_out(
    kind: str, options: Document, kept_options: Document
) -> None:
    conversion = convert_dashboard(build_document(build_panel(kind=kind, options=options)))
    assert not conversion.differences
    _, document = build_definition(conversion.text)
    (panel,) = build_canonical(document)["panels"]
    assert panel.get("options", {}) == kept_options
    assert all(f'"{name}"' not in conversion.text for name in options if name not in kept_options)


def test_the_rows_of_a_long_definition_come_first() -> None:
    panels = [
        build_panel(
            f"Panel {index}",
            description=f"{index}" * 80,
            gridPos=place(0, 8 * index, 24, 8),
            targets=[{"expr": f"up{number}"} for number in range(index + 1)],
        )
        for index in range(6)
    ]
    text = convert_text(*panels)
    assert text.index("def build_dashboard() -> Dashboard:\n") < text.index("\nPANEL_0 = ")
    assert text.endswith("\n\ndashboard = build_dashboard()\n")


def test_a_data_source_of_all_panels_is_named_once_for_the_dashboard() -> None:
    variable = {"name": "logs", "query": "loki", "type": "datasource"}
    panels = [
        build_panel(
            f"Panel {index}",
            datasource={"uid": uid},
            gridPos=place(0, 8 * index, 24, 8),
            targets=[{"expr": '{job="x"}', "legendFormat": "x", "editorMode": "code"}],
        )
        for index, uid in enumerate(("$logs", "${logs}", "[[logs]]"))
    ]
    text = convert_text(*panels, templating={"list": [variable]})
    assert text.count("datasource=") == 1
    assert 'datasource={"type": "loki", "uid": "${logs}"}' in text
    assert text.count("""Query('{job="x"}', "x")""") == 3


@pytest.mark.parametrize(
    ("fields", "has_choice"),
    [
        ({"includeAll": True, "current": {"text": "All", "value": "$__all"}}, False),
        ({"includeAll": True, "current": {"text": ["All"], "value": ["$__all"]}}, False),
        ({"includeAll": True, "current": {"text": "a", "value": "a"}}, True),
        ({"current": {"text": "All", "value": "$__all"}}, True),
    ],
)
def test_a_variable_that_selects_all_anyway_does_not_say_so(
    fields: Document, has_choice: bool
) -> None:
    variable = {"name": "pod", "type": "query", "query": "label_values(up, pod)", **fields}
    text = convert_text(build_panel(), templating={"list": [variable]})
    assert ('"current"' in text) is has_choice


def test_a_link_says_only_what_is_on() -> None:
    link = {
        "asDropdown": True,
        "icon": "external link",
        "includeVars": True,
        "keepTime": True,
        "tags": ["shop"],
        "targetBlank": False,
        "title": "Shop",
        "tooltip": "",
        "type": "dashboards",
        "url": "",
    }
    assert 'links.tag_menu("Shop", "shop")' in convert_text(build_panel(), links=[link])
    assert '"targetBlank": True' in convert_text(
        build_panel(), links=[{**link, "targetBlank": True}]
    )
