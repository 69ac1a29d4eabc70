"""`tailboard lint`: what it looks at, how it tells, what may be excluded."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dashboards.schema_v2.sample_documents import (
    build_auto_grid,
    build_panel_element,
    build_resource,
    build_spec,
    build_tabs_spec,
)
from tests.example_counts import count_examples
from tests.workspace import GOOD_DEFINITION, CommandResult, Workspace

BAD_DOCUMENT: dict[str, Any] = {
    "title": "Bad",
    "uid": "bad",
    "panels": [
        {
            "description": "What it shows.",
            "fieldConfig": {"defaults": {"unit": "short"}},
            "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
            "id": 1,
            "targets": [
                {"expr": "sum(", "legendFormat": "a", "refId": "A"},
                {"expr": 'x{le="1"}', "legendFormat": "b", "refId": "B"},
            ],
            "title": "Panel | 1%",
            "type": "timeseries",
        }
    ],
}
RULE_FILE = """
groups:
  - name: g
    rules:
      - alert: Silent
        expr: up == 0
"""
EXCLUSION_SETTING = """
[[lint_exclusions]]
rule = "exact-le"
dashboard = "bad"
panel = "Panel*"
reason = "this Prometheus is of version 2"
"""


NAMES = st.sampled_from(
    [
        *("panels", "templating", "list", "annotations", "links", "refresh", "uid", "title"),
        *("type", "targets", "expr", "refId", "gridPos", "x", "y", "w", "h", "id", "datasource"),
        *("fieldConfig", "defaults", "overrides", "properties", "legendFormat", "description"),
    ]
)
"""What lint rules look for, so that they find it in any shape."""


@pytest.fixture
def bad_workspace(workspace: Workspace) -> Workspace:
    """A folder with a document that has an error and a warning."""
    workspace.write_file("bad.json", json.dumps(BAD_DOCUMENT))
    return workspace


def list_rules(report: dict[str, Any]) -> list[str]:
    return [row["rule"] for row in report["findings"]]


def test_what_is_good_is_no_finding(workspace: Workspace) -> None:
    workspace.write_file("good.py", GOOD_DEFINITION)
    run = workspace.run_tailboard("lint", "good.py")
    assert (run.exit_code, run.stdout) == (0, "")
    assert run.stderr == "1 dashboard: 0 errors, 0 warnings\n"


def test_the_summary_says_how_much_was_judged(bad_workspace: Workspace) -> None:
    bad_workspace.write_file("good.py", GOOD_DEFINITION)
    bad_workspace.write_file("a.rules.yaml", "groups: []")
    run = bad_workspace.run_tailboard("lint", "bad.json", "good.py", "a.rules.yaml")
    assert run.stderr == "2 dashboards, 1 rule set: 1 error, 1 warning\n"


def test_a_panels_findings_stand_together_and_a_tip_once(workspace: Workspace) -> None:
    expressions = ["x[", 'a{le="1"}', 'b{le="1"}', 'c{le="5"}']
    targets = [
        {"expr": value, "legendFormat": "a", "refId": ref}
        for ref, value in zip("ABCD", expressions, strict=True)
    ]
    document = {
        **BAD_DOCUMENT,
        "panels": [{**BAD_DOCUMENT["panels"][0], "targets": targets, "description": ""}],
    }
    workspace.write_file("bad.json", json.dumps(document))
    first, second, *rest = workspace.run_tailboard("lint", "bad.json").stdout.splitlines()
    assert first == "bad.json: bad: Panel | 1%"
    assert second.startswith("  error parse-error: it is not PromQL: ")
    assert second.endswith(" (A)")
    assert rest == [
        "    Tip: try the query in Grafana's Explore.",
        '  warning exact-le: le="1" is one of two spellings (B, C)',
        '    Tip: write le=~"1([.]0)?".',
        '  warning exact-le: le="5" is one of two spellings (D)',
        '    Tip: write le=~"5([.]0)?".',
        "  note missing-description: it has no description",
        "    Tip: say what it shows, and what it cannot.",
    ]


def test_a_tip_for_several_problems_stands_below_the_last(workspace: Workspace) -> None:
    workspace.write_file("a.rules.yaml", RULE_FILE.replace("up == 0", "up == 0\n        for: 1m"))
    lines = workspace.run_tailboard("lint", "a.rules.yaml").stdout.splitlines()
    assert lines == [
        "a.rules.yaml: a.rules.yaml: Silent",
        "  warning silent-alert: it has no description",
        "    Tip: say who is affected and what to look at first.",
        "  warning silent-alert: it has no severity",
        "    Tip: label it critical or warning.",
        "  warning silent-alert: it has no summary",
        "    Tip: say in one line what is wrong, and where.",
        "  note missing-runbook: it has no runbook_url",
        "    Tip: write down what to look at first, and link the page: runbook_url: https://... "
        "A build writes the page of a service; the setting runbook_url says where people read it.",
    ]


def test_panels_of_one_title_are_two_places(workspace: Workspace) -> None:
    panel = BAD_DOCUMENT["panels"][0]
    second_panel = {**panel, "id": 2, "gridPos": {"h": 8, "w": 12, "x": 12, "y": 0}}
    workspace.write_file("bad.json", json.dumps({**BAD_DOCUMENT, "panels": [panel, second_panel]}))
    lines = workspace.run_tailboard("lint", "bad.json").stdout.splitlines()
    places = [line for line in lines if not line.startswith(" ")]
    assert places == [
        "bad.json: bad: Panel | 1%",
        "bad.json: bad: Panel | 1% (id 1)",
        "bad.json: bad: Panel | 1% (id 2)",
    ]
    (run,) = workspace.run_tailboard("lint", "bad.json", "--sarif").json["runs"]
    within = [result["locations"][0]["logicalLocations"][0] for result in run["results"]]
    assert {"fullyQualifiedName": "bad: Panel | 1% (id 2): A"} in within


def test_findings_name_the_place_the_problem_and_the_way_out(bad_workspace: Workspace) -> None:
    run = bad_workspace.run_tailboard("lint", "bad.json")
    assert run.exit_code == 1
    assert "bad.json: bad: Panel | 1%\n  error parse-error: it is not PromQL" in run.stdout
    assert '\n  warning exact-le: le="1" is one of two spellings (B)\n' in run.stdout
    assert '    Tip: write le=~"1([.]0)?".' in run.stdout
    assert "1 error, 1 warning" in run.stderr


def test_findings_as_json_are_sorted_by_place(bad_workspace: Workspace) -> None:
    run = bad_workspace.run_tailboard("lint", "bad.json", "--json")
    assert list_rules(run.json) == ["parse-error", "exact-le"]
    assert run.json["findings"][0]["place"] == {
        **{"source": "bad.json", "dashboard": "bad", "panel": "Panel | 1%", "query": "A"},
        "panel_id": 0,
    }


def test_findings_as_sarif_have_a_rule_and_a_file(bad_workspace: Workspace) -> None:
    report = bad_workspace.run_tailboard("lint", "bad.json", "--sarif").json
    (run,) = report["runs"]
    assert report["version"] == "2.1.0"
    rule_ids = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert [result["ruleId"] for result in run["results"]] == ["parse-error", "exact-le"]
    assert {result["ruleId"] for result in run["results"]} <= rule_ids
    assert {result["level"] for result in run["results"]} == {"error", "warning"}
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "bad.json"


def test_sarif_explains_its_rules_and_writes_files_as_addresses(workspace: Workspace) -> None:
    workspace.write_file("my bad.json", json.dumps(BAD_DOCUMENT))
    workspace.write_file("tailboard.toml", EXCLUSION_SETTING.replace("Panel*", "Other"))
    (run,) = workspace.run_tailboard("lint", "my bad.json", "--sarif").json["runs"]
    rules_by_id = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} == {
        "unused-exclusion",
        "parse-error",
        "exact-le",
    }
    assert {result["ruleId"] for result in run["results"]} <= set(rules_by_id)
    assert "Good: " in rules_by_id["exact-le"]["help"]["text"]
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert places[-1]["artifactLocation"]["uri"] == "my%20bad.json"


def test_a_file_of_an_annotation_cannot_end_its_properties(workspace: Workspace) -> None:
    workspace.write_file("a,b:c.json", json.dumps(BAD_DOCUMENT))
    line = workspace.run_tailboard("lint", "a,b:c.json", "--github").stdout.splitlines()[0]
    assert line.startswith("::error file=a%2Cb%3Ac.json,line=1,title=parse-error::a,b:c.json")


def test_findings_as_annotations_are_one_line_each_and_escaped(bad_workspace: Workspace) -> None:
    lines = bad_workspace.run_tailboard("lint", "bad.json", "--github").stdout.splitlines()
    assert [line.partition("::")[2].partition(" ")[0] for line in lines] == ["error", "warning"]
    assert lines[0].startswith("::error file=bad.json,line=1,title=parse-error::")
    assert "Panel | 1%25" in lines[0]


@pytest.mark.parametrize(("fail_on", "code"), [("note", 1), ("warning", 0), ("error", 0)])
def test_notes_fail_only_where_they_are_asked_for(
    workspace: Workspace, fail_on: str, code: int
) -> None:
    panel = {**BAD_DOCUMENT["panels"][0], "description": "", "targets": [{"expr": "up"}]}
    target = {"expr": "up", "legendFormat": "a", "refId": "A"}
    document = {**BAD_DOCUMENT, "panels": [{**panel, "targets": [target]}]}
    workspace.write_file("bad.json", json.dumps(document))
    run = workspace.run_tailboard("lint", "bad.json", "--fail-on", fail_on)
    assert run.exit_code == code
    assert run.stderr == "1 dashboard: 0 errors, 0 warnings, 1 note\n"
    report = workspace.run_tailboard("lint", "bad.json", "--github").stdout
    assert report.startswith("::notice file=bad.json")
    assert list_rules(workspace.run_tailboard("lint", "bad.json", "--json").json) == [
        "missing-description"
    ]


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1), ("nothing", 0)])
def test_the_exit_code_is_from_which_severity_on_it_matters(
    bad_workspace: Workspace, fail_on: str, code: int
) -> None:
    bad_workspace.write_file(
        "tailboard.toml", '[[lint_exclusions]]\nrule = "parse-error"\nreason = "x"\n'
    )
    assert bad_workspace.run_tailboard("lint", "bad.json", "--fail-on", fail_on).exit_code == code


def test_what_is_excluded_with_a_reason_is_not_told(bad_workspace: Workspace) -> None:
    bad_workspace.write_file("tailboard.toml", EXCLUSION_SETTING)
    assert list_rules(bad_workspace.run_tailboard("lint", "bad.json", "--json").json) == [
        "parse-error"
    ]


def test_an_exclusion_that_excludes_nothing_is_a_finding(bad_workspace: Workspace) -> None:
    bad_workspace.write_file("tailboard.toml", EXCLUSION_SETTING.replace('"Panel*"', '"Other"'))
    run = bad_workspace.run_tailboard("lint", "bad.json", "--json")
    assert list_rules(run.json) == ["unused-exclusion", "parse-error", "exact-le"]
    assert "nothing is found by exact-le at dashboard 'bad', panel 'Other'" in run.stdout


@pytest.mark.parametrize(
    ("exclusion", "problem", "tip"),
    [
        ('rule = "exact-lee"\nreason = "x"', "'exact-lee', which there is not", "'exact-le'"),
        ('rule = "exact-le"', "without a reason", "reason ="),
        ('rule = "exact-le"\nreason = "x"\nuid = "d"', "uid = 'd'", "dashboard, panel"),
        ('rule = "exact-le"\nreason = 3', "reason = 3", "text"),
    ],
)
def test_a_wrong_exclusion_is_refused(
    bad_workspace: Workspace, exclusion: str, problem: str, tip: str
) -> None:
    bad_workspace.write_file("tailboard.toml", f"[[lint_exclusions]]\n{exclusion}\n")
    run = bad_workspace.run_tailboard("lint", "bad.json")
    assert run.exit_code == 2
    assert problem in run.stderr
    assert tip in run.stderr


@pytest.mark.parametrize("panel", ["[p99] bracket", "why? *", "Panel | 1%"])
def test_an_exclusion_of_an_exact_name_is_about_that_name(workspace: Workspace, panel: str) -> None:
    document = {**BAD_DOCUMENT, "panels": [{**BAD_DOCUMENT["panels"][0], "title": panel}]}
    workspace.write_file("bad.json", json.dumps(document))
    workspace.write_file("tailboard.toml", EXCLUSION_SETTING.replace("Panel*", panel))
    assert list_rules(workspace.run_tailboard("lint", "bad.json", "--json").json) == ["parse-error"]


@pytest.mark.parametrize("second", ["--sarif", "--github"])
def test_one_report_at_a_time(bad_workspace: Workspace, second: str) -> None:
    run = bad_workspace.run_tailboard("lint", "bad.json", "--json", second)
    assert (run.exit_code, run.stdout) == (2, "")
    assert f"--json and {second}" in run.stderr


def list_sarif_lines(run: CommandResult) -> list[int]:
    """The lines that SARIF names, which GitHub's annotations have to name too."""
    (sarif_run,) = run.json["runs"]
    places = [result["locations"][0]["physicalLocation"] for result in sarif_run["results"]]
    return [place["region"]["startLine"] for place in places]


def test_a_finding_points_at_the_line_of_its_panel(bad_workspace: Workspace) -> None:
    text = json.dumps(BAD_DOCUMENT, indent=1)
    bad_workspace.write_file("bad.json", text)
    (line,) = [number for number, line in enumerate(text.splitlines(), 1) if "Panel | 1%" in line]
    assert list_sarif_lines(bad_workspace.run_tailboard("lint", "bad.json", "--sarif")) == [
        line,
        line,
    ]
    output = bad_workspace.run_tailboard("lint", "bad.json", "--github").stdout
    assert output.count(f"file=bad.json,line={line},title=") == 2


@pytest.mark.parametrize(
    "document",
    [
        {**BAD_DOCUMENT, "title": "Panel | 1%"},
        {**BAD_DOCUMENT, "panels": [{**BAD_DOCUMENT["panels"][0], "title": None}]},
        {**BAD_DOCUMENT, "links": [{"title": "Panel | 1%"}]},
    ],
)
def test_a_finding_without_a_sure_line_points_at_the_first(
    bad_workspace: Workspace, document: dict[str, Any]
) -> None:
    bad_workspace.write_file("bad.json", json.dumps(document, indent=1))
    assert {*list_sarif_lines(bad_workspace.run_tailboard("lint", "bad.json", "--sarif"))} == {1}


def test_a_finding_of_a_variable_points_at_its_name(workspace: Workspace) -> None:
    query_variable = {"name": "job", "type": "query", "query": "query_result(sum(x)", "refresh": 2}
    document = {"title": "D", "uid": "d", "panels": [], "templating": {"list": [query_variable]}}
    text = json.dumps(document, indent=1)
    workspace.write_file("bad.json", text)
    (line,) = [
        number for number, line in enumerate(text.splitlines(), 1) if '"name": "job"' in line
    ]
    lines = list_sarif_lines(workspace.run_tailboard("lint", "bad.json", "--sarif"))
    assert sorted(lines) == [1, line]


@pytest.mark.parametrize("name", ["Silent", "'Silent'", '"Silent" # so it is'])
def test_a_finding_of_an_alert_points_at_its_name(workspace: Workspace, name: str) -> None:
    workspace.write_file("a.yaml", RULE_FILE.replace("alert: Silent", f"alert: {name}"))
    assert {*list_sarif_lines(workspace.run_tailboard("lint", "a.yaml", "--sarif"))} == {4}


def test_two_alerts_of_one_name_have_no_sure_line(workspace: Workspace) -> None:
    again = "      - alert: Silent\n        expr: up == 1\n"
    workspace.write_file("a.yaml", RULE_FILE + again)
    assert {*list_sarif_lines(workspace.run_tailboard("lint", "a.yaml", "--sarif"))} == {1}


def test_a_finding_of_a_definition_points_at_its_file(workspace: Workspace) -> None:
    workspace.write_file("own.py", f"\ndashboard = {BAD_DOCUMENT!r}")
    assert {*list_sarif_lines(workspace.run_tailboard("lint", "own.py", "--sarif"))} == {1}


def test_settings_of_another_shape_are_refused(bad_workspace: Workspace) -> None:
    bad_workspace.write_file("tailboard.toml", 'lint_exclusions = "exact-le"')
    run = bad_workspace.run_tailboard("lint", "bad.json")
    assert run.exit_code == 2
    assert "[[tool.tailboard.lint_exclusions]]" in run.stderr


def test_a_rule_file_is_judged_too(workspace: Workspace) -> None:
    workspace.write_file("a.rules.yaml", RULE_FILE)
    run = workspace.run_tailboard("lint", "a.rules.yaml", "--json")
    assert set(list_rules(run.json)) == {"missing-runbook", "silent-alert"}
    assert run.json["findings"][0]["place"]["panel"] == "Silent"


@pytest.mark.parametrize(
    ("content", "problem"),
    [("a: [", "cannot be read as YAML"), ("a: 1", "no rule groups"), ("- 1", "no rule groups")],
)
def test_yaml_without_rules_is_refused(workspace: Workspace, content: str, problem: str) -> None:
    workspace.write_file("a.yaml", content)
    run = workspace.run_tailboard("lint", "a.yaml")
    assert run.exit_code == 2
    assert problem in run.stderr


def test_json_is_judged_as_it_stands_in_its_file(bad_workspace: Workspace) -> None:
    old = {**BAD_DOCUMENT, "panels": [{**BAD_DOCUMENT["panels"][0], "type": "graph"}]}
    bad_workspace.write_file("bad.json", json.dumps(old))
    assert "deprecated-panel" in list_rules(
        bad_workspace.run_tailboard("lint", "bad.json", "--json").json
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(NAMES, JSON, max_size=6))
@settings(
    max_examples=count_examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_json_is_a_traceback(workspace: Workspace, document: dict[str, Any]) -> None:
    workspace.write_file("wild.json", json.dumps({"title": "Wild", **document}))
    run = workspace.run_tailboard("lint", "wild.json")
    assert run.exit_code in {0, 1, 2}
    assert "Traceback" not in run.output


def test_a_broken_definition_is_a_mistake_and_no_finding(workspace: Workspace) -> None:
    workspace.write_file("broken.py", "services = [1]")
    run = workspace.run_tailboard("lint", "broken.py")
    assert run.exit_code == 2
    assert "broken.py" in run.stderr


def test_all_broken_definitions_of_a_folder_are_told(workspace: Workspace) -> None:
    for name, source in {
        "a.py": "raise ValueError",
        "b.py": "dashboards = [5, 6]",
        "c.json": "{",
        "d.json": '{"title": ""}',
    }.items():
        workspace.write_file(f"broken/{name}", source)
    workspace.write_file("broken/good.py", GOOD_DEFINITION)
    workspace.write_file("rules.yaml", "a: 5")
    run = workspace.run_tailboard("lint", "broken", "rules.yaml")
    assert (run.exit_code, run.stdout) == (2, "")
    for name, mistakes in {"a.py": 1, "b.py": 2, "c.json": 1, "d.json": 1, "good": 0}.items():
        assert run.stderr.count(f"broken/{name}: ") == mistakes, run.stderr
    assert "rules.yaml: it has no rule groups" in run.stderr
    assert "6 mistakes; nothing was judged" in run.stderr


def test_nothing_to_lint_says_what_to_name(workspace: Workspace) -> None:
    run = workspace.run_tailboard("lint")
    assert run.exit_code == 2
    assert "Name a definition" in run.stderr


def test_the_definitions_of_the_settings_are_linted(workspace: Workspace) -> None:
    workspace.write_file("mine/good.py", GOOD_DEFINITION)
    workspace.write_file("tailboard.toml", 'definitions = ["mine"]')
    assert workspace.run_tailboard("lint").exit_code == 0


def test_a_lint_rule_is_explained_with_a_good_example(workspace: Workspace) -> None:
    output = workspace.run_tailboard("explain", "unguarded-ratio").stdout
    assert "unguarded-ratio (lint rule)" in output
    assert "Bad: " in output
    assert "Good: " in output


DEFINITION_WITH_EXCLUSIONS = f"""
dashboard = {BAD_DOCUMENT!r}
lint_exclusions = [
    {{"rule": "exact-le", "panel": "Panel*", "query": "B", "reason": "Prometheus 2 here"}},
]
"""


def test_a_definition_excludes_what_it_lives_with(workspace: Workspace) -> None:
    workspace.write_file("own.py", DEFINITION_WITH_EXCLUSIONS)
    assert list_rules(workspace.run_tailboard("lint", "own.py", "--json").json) == ["parse-error"]


def test_what_a_definition_excludes_is_told_of_others(workspace: Workspace) -> None:
    workspace.write_file("own.py", DEFINITION_WITH_EXCLUSIONS)
    workspace.write_file("other.py", f"dashboard = {dict(BAD_DOCUMENT, uid='other')!r}")
    findings = workspace.run_tailboard("lint", "own.py", "other.py", "--json").json["findings"]
    assert [(finding["place"]["source"], finding["rule"]) for finding in findings] == [
        *(("other.py", "parse-error"), ("other.py", "exact-le"), ("own.py", "parse-error")),
    ]


def test_an_idle_exclusion_of_a_definition_is_a_finding_there(workspace: Workspace) -> None:
    workspace.write_file(
        "own.py", DEFINITION_WITH_EXCLUSIONS.replace('"query": "B"', '"query": "A"')
    )
    report = workspace.run_tailboard("lint", "own.py", "--json").json
    assert list_rules(report) == ["unused-exclusion", "parse-error", "exact-le"]
    assert report["findings"][0]["place"]["source"] == "own.py"
    assert "panel 'Panel*', query 'A'" in report["findings"][0]["problem"]


def test_a_definition_with_exclusions_is_built(workspace: Workspace) -> None:
    workspace.write_file(
        "good.py", GOOD_DEFINITION + '\nlint_exclusions = [{"rule": "x", "reason": "y"}]\n'
    )
    workspace.run_build("good.py")
    assert workspace.list_uids() == {"good"}


def test_exclusions_alone_define_nothing(workspace: Workspace) -> None:
    workspace.write_file("own.py", "lint_exclusions = []")
    run = workspace.run_tailboard("lint", "own.py")
    assert run.exit_code == 2
    assert "it defines nothing" in run.stderr


@pytest.mark.parametrize(
    ("exclusions", "problem"),
    [
        ('[{"rule": "exact-lee", "reason": "x"}]', "'exact-lee', which there is not"),
        ('[{"rule": "exact-le"}]', "own.py excludes exact-le without a reason"),
        ('[{"rule": ["exact-le"], "reason": "x"}]', "own.py has an exclusion with rule = ['exact"),
        ('["exact-le"]', "own.py: `lint_exclusions` holds a str, which is not an exclusion"),
        ('{"rule": "exact-le", "reason": "x"}', "`lint_exclusions` is a dict, not a list"),
        ("3", "`lint_exclusions` is a int, not a list"),
        ("(1 / it for it in [0])", "ZeroDivisionError"),
    ],
)
def test_a_wrong_exclusion_of_a_definition_is_refused(
    workspace: Workspace, exclusions: str, problem: str
) -> None:
    workspace.write_file(
        "own.py", f"dashboard = {BAD_DOCUMENT!r}\nlint_exclusions = {exclusions}\n"
    )
    run = workspace.run_tailboard("lint", "own.py")
    assert run.exit_code == 2
    assert problem in run.stderr


def test_two_dashboards_of_one_uid_are_found_wherever_they_are(bad_workspace: Workspace) -> None:
    bad_workspace.write_file("own.json", json.dumps({"title": "Own", "uid": "bad", "panels": []}))
    findings = bad_workspace.run_tailboard("lint", "bad.json", "own.json", "--json").json[
        "findings"
    ]
    assert [
        finding["place"]["source"] for finding in findings if finding["rule"] == "duplicate-uid"
    ] == ["own.json"]


@pytest.mark.parametrize(
    "content",
    [
        "groups: [{rules: 3}]",
        "groups: [{rules: [1]}]",
        "groups: [{rules: [{alert: a, expr: a > 1, labels: 3}]}]",
        "groups: [{rules: [{record: a, expr: b, labels: [1]}, {alert: a, expr: sum(a) > 1}]}]",
    ],
)
def test_rules_of_another_shape_are_no_traceback(workspace: Workspace, content: str) -> None:
    workspace.write_file("a.yaml", content)
    workspace.write_file("bad.json", json.dumps(BAD_DOCUMENT))
    run = workspace.run_tailboard("lint", "a.yaml", "bad.json")
    assert run.exit_code in {1, 2}
    assert "Traceback" not in run.output


@pytest.mark.parametrize(
    "envelope",
    [
        {"dashboard": BAD_DOCUMENT, "meta": {"slug": "bad"}},
        {
            "apiVersion": "dashboard.grafana.app/v1beta1",
            "kind": "Dashboard",
            "metadata": {"name": "bad", "annotations": {"grafana.app/folder": "shop"}},
            "spec": {name: value for name, value in BAD_DOCUMENT.items() if name != "uid"},
        },
    ],
    ids=["api", "resource"],
)
def test_a_dashboard_is_judged_in_the_envelope_of_grafanas_api(
    bad_workspace: Workspace, envelope: dict[str, Any]
) -> None:
    bad_workspace.write_file("enveloped.json", json.dumps(envelope))
    expected = bad_workspace.run_tailboard("lint", "bad.json", "--json")
    run = bad_workspace.run_tailboard("lint", "enveloped.json", "--json")
    assert run.exit_code == expected.exit_code == 1
    assert [
        {**finding, "place": {**finding["place"], "source": "bad.json"}}
        for finding in run.json["findings"]
    ] == expected.json["findings"]
    assert {finding["place"]["source"] for finding in run.json["findings"]} == {"enveloped.json"}


def test_a_dashboard_of_the_second_schema_is_linted_whatever_places_its_panels(
    workspace: Workspace,
) -> None:
    spec = build_tabs_spec()
    spec["elements"]["panel-3"] = build_panel_element(3, "Errors", "rate(errors_total[1m])")
    workspace.write_file("v2.json", json.dumps(build_resource(spec)))
    run = workspace.run_tailboard("lint", "v2.json", "--json")
    places = {(finding["rule"], finding["place"]["panel"]) for finding in run.json["findings"]}
    assert ("fixed-range", "Errors") in places
    workspace.write_file("spec.json", json.dumps(spec))
    bare_run = workspace.run_tailboard("lint", "spec.json", "--json")
    bare_places = {
        (finding["rule"], finding["place"]["panel"]) for finding in bare_run.json["findings"]
    }
    assert bare_places == places


def test_fix_mends_a_dashboard_of_the_second_schema_and_changes_nothing_else(
    workspace: Workspace,
) -> None:
    element = build_panel_element(1, "Errors", "rate(errors_total[1m])", subtitle="later")
    spec = build_spec(build_auto_grid("one"), {"one": element}, later=[1, None])
    path = workspace.write_file("v2.json", json.dumps(build_resource(spec)))
    run = workspace.run_tailboard("lint", "v2.json", "--fix", "--fail-on", "error")
    assert run.exit_code == 0
    fixed_element = build_panel_element(
        1, "Errors", "rate(errors_total[$__rate_interval])", subtitle="later"
    )
    fixed_spec = {**spec, "elements": {"one": fixed_element}}
    assert json.loads(path.read_bytes()) == build_resource(fixed_spec)
    content = path.read_bytes()
    workspace.run_tailboard("lint", "v2.json", "--fix")
    assert path.read_bytes() == content
