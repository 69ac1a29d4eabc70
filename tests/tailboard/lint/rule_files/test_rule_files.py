"""Rule files: which are read, what the others are called, and that none of them is a trap."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tailboard.lint.rule_files.manifests import OtherFileError
from tailboard.lint.rule_files.read import parse_rule_file
from tailboard.panels.definition_error import DefinitionError
from tailboard.queries.subject import Subject
from tests.example_counts import count_examples
from tests.workspace import Workspace

RULE = '{alert: A, expr: "rate(x[5m"}'
GROUPS = f"groups: [{{name: g, rules: [{RULE}]}}]"
RESOURCE = f"kind: PrometheusRule\nmetadata: {{name: shop}}\nspec: {{{GROUPS}}}\n"
GRAFANA_FILE: dict[str, Any] = {
    "apiVersion": 1,
    "groups": [
        {
            "name": "g",
            "folder": "f",
            "interval": "1m",
            "rules": [
                {
                    "title": "Errors",
                    "condition": "B",
                    "data": [
                        {"refId": "A", "model": {"expr": "rate(x[5m"}, "datasourceUid": "p"},
                        {"refId": "B", "model": {"expr": "$A > 1"}, "datasourceUid": "__expr__"},
                        {"refId": "C", "model": {"expr": "up", "datasource": {"type": "loki"}}},
                        {"refId": "D", "model": {"expr": "up"}},
                    ],
                    "annotations": {"summary": "{{ $values.A.Value }}"},
                }
            ],
        }
    ],
}


def parse(text: str) -> list[Subject]:
    return parse_rule_file(text.encode(), "a.yaml", "a.yaml")


def list_expressions(text: str) -> list[str]:
    return [query.text for subject in parse(text) for query, _ in subject.rules]


@pytest.mark.parametrize(
    "text",
    [
        GROUPS,
        json.dumps({"groups": [{"name": "g", "rules": [{"alert": "A", "expr": "rate(x[5m"}]}]}),
        RESOURCE,
        f"kind: List\nitems:\n- {{kind: PrometheusRule, spec: {{{GROUPS}}}}}\n- {{kind: Secret}}\n",
        f"kind: Service\n---\n{RESOURCE}",
        f"kind: ConfigMap\ndata:\n  a.yaml: |\n    {GROUPS}\n  note: text\n",
    ],
    ids=["plain", "json", "resource", "list", "second document", "config map"],
)
def test_rules_are_found_wherever_they_stand(text: str) -> None:
    assert list_expressions(text) == ["rate(x[5m"]


def test_each_resource_of_a_file_is_called_by_its_name() -> None:
    text = f"{RESOURCE}---\n{RESOURCE.replace('shop', 'till')}"
    assert [subject.place.dashboard for subject in parse(text)] == ["shop", "till"]


def test_the_promql_of_grafanas_rules_is_read_and_nothing_else() -> None:
    (subject,) = parse(json.dumps(GRAFANA_FILE))
    places = [(query.place.panel, query.place.query, query.text) for query, _ in subject.rules]
    assert places == [("Errors", "A", "rate(x[5m"), ("Errors", "D", "up")]
    assert all(query.is_in_rule and query.is_in_grafana_rule for query, _ in subject.rules)
    alerts = [rule for _, rule in subject.rules if "alert" in rule]
    assert [rule["annotations"] for rule in alerts] == [{"summary": "{{ $values.A.Value }}"}]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("apiVersion: 1\nproviders: []", "a dashboard provider of Grafana"),
        ("apiVersion: 1\ndatasources: []", "data sources of Grafana"),
        ("apiVersion: 1\ncontactPoints: []", "contact points of Grafana"),
        ("rule_files: [a]\ntests: []", "a unit test of promtool"),
        ("route: {}\nreceivers: []", "a configuration of Alertmanager"),
        ("scrape_configs: []", "a configuration of Prometheus"),
        ("version: prometheus/v1\nslos: []", "a specification of sloth"),
        ("apiVersion: v1\nkind: Secret", "the Secret of a Kubernetes API"),
        ("apiVersion: v1\nkind: ConfigMap\ndata: {a: b}", "a ConfigMap without rule files"),
        ("services: {}", "a Compose file"),
        ("a: 1", "it has no rule groups"),
        (
            "{realm: a, users: [], roles: {}, groups: [{name: b, path: /b}]}",
            "it has no rule groups",
        ),
        ("- 1", "it has no rule groups"),
        ("", "it has no rule groups"),
    ],
)
def test_a_file_without_rules_is_refused_by_its_name(text: str, name: str) -> None:
    with pytest.raises(OtherFileError, match=name):
        parse(text)


def test_a_broken_rule_file_is_not_taken_for_something_else() -> None:
    with pytest.raises(DefinitionError) as refusal:
        parse("groups:\n- name: [\n")
    assert not isinstance(refusal.value, OtherFileError)
    assert "line 3" in refusal.value.problem


@pytest.mark.parametrize(
    "tag", ["!!int ''", "!!float ''", "!!bool foo", "!!timestamp x", "!!null x"]
)
def test_a_value_that_is_not_what_its_tag_says_is_reported_with_its_line(tag: str) -> None:
    (subject,) = parse(f"groups:\n- name: g\n  rules:\n  - alert: A\n    expr: {tag}\n")
    (problem,) = [load_problem.problem for load_problem in subject.load_problems]
    assert "which is none (line 5)" in problem


@pytest.mark.parametrize("opening", ["[", "{a: "])
def test_yaml_nested_too_deep_is_refused(opening: str) -> None:
    closing = {"[": "]", "{a: ": "}"}[opening]
    with pytest.raises(DefinitionError, match=r"deep|depth"):
        parse(f"groups: {opening * 5000}{closing * 5000}")


def build_bomb(first: str, item: str, levels: int = 9) -> str:
    """Anchors, each of which holds the one before nine times."""
    lines = [f"a0: &a0 {first}"]
    lines += [
        f"a{level}: &a{level} {item.replace('ALIASES', ','.join([f'*a{level - 1}'] * 9))}"
        for level in range(1, levels)
    ]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        build_bomb("[lol]", "[ALIASES]") + "\ngroups: [{name: g, rules: [{alert: A, expr: *a8}]}]",
        build_bomb("{a: b}", "{<<: [ALIASES]}")
        + "\ngroups: [{name: g, rules: [{alert: A, expr: up, labels: *a8}]}]",
        "groups: [&g {name: g, <<: *g}]",
        "groups: &g [*g]",
        "groups: [{name: g, rules: &r [{alert: A, expr: up, labels: &l {a: b, <<: *l}}]}]",
    ],
)
def test_aliases_cannot_multiply_what_is_read(text: str) -> None:
    (subject,) = parse(text)
    assert subject.load_problems


YAML_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["groups", "name", "rules", "expr", "alert", "kind", "spec", "items", "data"]
            )
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(YAML_VALUES)
@settings(max_examples=count_examples(200))
def test_no_shape_of_a_file_is_an_unexpected_error(value: Any) -> None:
    try:
        subjects = parse(json.dumps(value))
    except DefinitionError:
        return
    assert all(isinstance(subject, Subject) for subject in subjects)


@given(st.binary(max_size=200) | st.text(alphabet="groups:[]{}&*!<>-| \n'\"%,a1", max_size=80))
@settings(
    max_examples=count_examples(300), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_bytes_are_an_unexpected_error(content: bytes | str) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    try:
        parse_rule_file(b"groups: " + data, "a.yaml", "a.yaml")
    except DefinitionError:
        return


def test_a_folder_of_rule_files_is_judged(workspace: Workspace) -> None:
    workspace.write_file("mon/rules/a.yml", GROUPS)
    workspace.write_file("mon/rules/b.rules", GROUPS.replace("name: g", "name: h"))
    workspace.write_file("mon/c.yaml", RESOURCE)
    run = workspace.run_tailboard("lint", "mon", "--json")
    sources = {
        row["place"]["source"] for row in run.json["findings"] if row["rule"] == "parse-error"
    }
    assert sources == {"mon/rules/a.yml", "mon/rules/b.rules", "mon/c.yaml"}
    assert "0 dashboards, 3 rule sets" in run.stderr


def test_other_files_of_a_folder_are_passed_over_and_counted(workspace: Workspace) -> None:
    workspace.write_file("mon/d.json", '{"title": "D", "uid": "d", "panels": []}')
    workspace.write_file("mon/package.json", '{"name": "x", "version": "1.0.0"}')
    workspace.write_file("mon/schema.json", '{"$schema": "x", "title": "X", "type": "object"}')
    workspace.write_file("mon/list.json", "[1, 2]")
    workspace.write_file("mon/values.yaml", "image: a")
    workspace.write_file("mon/chart/templates/a.yaml", "kind: {{ .Values.kind }}\n{{- if x }}")
    run = workspace.run_tailboard("lint", "mon")
    assert run.exit_code == 0
    assert (
        "5 files passed over, neither dashboards nor rules: mon/chart/templates/a.yaml, "
        "mon/values.yaml, mon/list.json and 2 more\n1 dashboard: 0 errors, 0 warnings"
    ) in run.stderr


@pytest.mark.parametrize(
    ("content", "is_other"),
    [
        ('// of babel\n{"presets": ["a"],}', True),
        ("{presets: ['a']}", True),
        ('{{ define "patch" }}[]{{ end }}', True),
        ("{", False),
        ("", False),
        ('{"title": "A", "panels": [', False),
        ('{"groups": [', False),
    ],
)
def test_json_with_comments_and_templates_are_passed_over_and_broken_dashboards_not(
    workspace: Workspace, content: str, is_other: bool
) -> None:
    workspace.write_file("mon/d.json", '{"title": "D", "uid": "d", "panels": []}')
    workspace.write_file("mon/other.json", content)
    run = workspace.run_tailboard("lint", "mon")
    assert run.exit_code == (0 if is_other else 2)
    assert ("1 file passed over" in run.stderr) == is_other
    assert workspace.run_tailboard("lint", "mon/other.json").exit_code == 2


def test_what_is_named_has_to_be_a_dashboard_or_rules(workspace: Workspace) -> None:
    workspace.write_file("package.json", '{"name": "x"}')
    workspace.write_file("values.yaml", "image: a")
    run = workspace.run_tailboard("lint", "package.json", "values.yaml")
    assert run.exit_code == 2
    assert "values.yaml: it has no rule groups" in run.stderr
    assert "package.json: " in run.stderr


def test_a_rule_file_that_is_not_yaml_is_a_finding_beside_the_others(workspace: Workspace) -> None:
    workspace.write_file("mon/a.yaml", "groups:\n- name: [\n")
    workspace.write_file("mon/b.yaml", GROUPS)
    run = workspace.run_tailboard("lint", "mon", "--json", "--fail-on", "error")
    assert run.exit_code == 1
    found = {(row["place"]["source"], row["rule"]) for row in run.json["findings"]}
    assert {("mon/a.yaml", "refused-rule-file"), ("mon/b.yaml", "parse-error")} <= found


def test_check_does_not_pass_over_a_rule_file_that_is_not_yaml(workspace: Workspace) -> None:
    workspace.write_file("mon/a.yaml", "groups:\n- name: [\n")
    workspace.write_file("m.prom", "up 1\n")
    run = workspace.run_tailboard("check", "mon", "--metrics", "m.prom")
    assert run.exit_code == 2
    assert "mon/a.yaml: it cannot be read as YAML" in run.stderr


@pytest.mark.parametrize(
    "text",
    [
        "{{- if .Values.rules }}\ngroups:\n- name: {{ .Values.name }}\n{{- end }}\n",
        "groups:\n{% for name in names %}\n- name: {{ name }}\n{% endfor %}\n",
    ],
)
def test_a_template_of_a_rule_file_is_called_one(text: str) -> None:
    with pytest.raises(OtherFileError, match="template of YAML"):
        parse(text)


def test_rules_written_as_json_are_rules(workspace: Workspace) -> None:
    workspace.write_file("a.json", '{"groups": [{"name": "g", "rules": [{"expr": "up"}]}]}')
    run = workspace.run_tailboard("lint", "a.json", "--json")
    assert "refused-rule-file" in {row["rule"] for row in run.json["findings"]}


@pytest.mark.parametrize("format_name", ["rules", "prometheusrule", "alerting"])
def test_the_rule_files_that_we_write_are_read_and_clean(
    workspace: Workspace, format_name: str
) -> None:
    workspace.write_file("shop.py", SHOP)
    runbook_url = "https://runbooks.example/{alert}"
    workspace.run_build("shop.py", "--format", format_name, "--runbook-url", runbook_url)
    paths = [
        path for path in (workspace.root / "dist").rglob("*.yaml") if ".test." not in path.name
    ]
    assert paths
    run = workspace.run_tailboard("lint", *paths)
    assert (run.exit_code, run.stdout) == (0, "")
    assert "0 dashboards, 1 rule set" in run.stderr


SHOP = """
from tailboard.panels import Objectives, Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT

services = [
    Service(
        "shop",
        selector={"job": "shop"},
        convention=PROMETHEUS_CLIENT,
        objectives=Objectives(availability=0.999, latency={0.99: 1.0}),
    )
]
"""
