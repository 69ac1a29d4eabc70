"""`tailboard check`: what it is asked, what it tells, and how it ends."""

import gzip
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.convention_expositions import format_histogram
from tests.workspace import GOOD_DEFINITION, CommandResult, Workspace

METRICS_EXPOSITION = """
# TYPE http_requests_total counter
http_requests_total{endpoint="/items",http_status="200"} 3
# TYPE http_requests_in_flight gauge
http_requests_in_flight 1
"""
RULE_FILE = """
groups:
  - name: g
    rules:
      - record: service:http_requests:rate5m
        expr: sum(rate(http_requests_total[5m]))
      - alert: Failing
        expr: sum(rate(http_request_total[5m])) > 1
"""


def build_panel(title: str, *expressions: str) -> dict[str, Any]:
    targets = [
        {"expr": expression, "refId": chr(65 + n)} for n, expression in enumerate(expressions)
    ]
    return {"title": title, "type": "timeseries", "targets": targets}


def format_dashboard(*panels: dict[str, Any]) -> str:
    return json.dumps({"title": "D", "uid": "d", "panels": list(panels)})


@pytest.fixture
def metrics_workspace(workspace: Workspace) -> Workspace:
    """A folder with a program's metrics and a dashboard of panels in several states."""
    workspace.write_file("metrics.prom", METRICS_EXPOSITION)
    workspace.write_file(
        "d.json",
        format_dashboard(
            build_panel("Fine", "http_requests_total", "up"),
            build_panel("Failures", 'http_requests_total{http_status=~"5.."}'),
            build_panel(
                "Routes", "up", "sum by (endpont) (http_requests_total)", "http_request_total"
            ),
        ),
    )
    return workspace


def run_check(metrics_workspace: Workspace, *arguments: str) -> CommandResult:
    return metrics_workspace.run_tailboard(
        "check", "d.json", "--metrics", "metrics.prom", *arguments
    )


def test_each_problem_is_told_once_the_worst_first_with_what_to_do(
    metrics_workspace: Workspace,
) -> None:
    run = run_check(metrics_workspace)
    assert run.exit_code == 1
    assert run.stdout.splitlines() == [
        "no such metric: there is no http_request_total",
        "  d.json: d: Routes: C",
        "    Tip: did you mean http_requests_total?",
        "no such label: no series has the label endpont",
        "  d.json: d: Routes: B",
        "    Tip: did you mean endpoint? If Prometheus adds it to targets, "
        "say --target-label endpont.",
        'no such event yet: no series has http_status=~"5.."',
        "  d.json: d: Failures: A",
        "    Tip: nothing to do, if it has not happened yet; there is 200.",
    ]
    assert run.stderr == (
        "6 queries: 3 data, 1 no such event yet, 1 no such label, 1 no such metric; "
        "0 errors, 0 warnings\n"
    )


def test_the_same_problem_in_many_panels_is_told_once(metrics_workspace: Workspace) -> None:
    metrics_workspace.write_file(
        "d.json",
        format_dashboard(*(build_panel(f"P{number}", "gone", "2 * gone") for number in range(5))),
    )
    run = run_check(metrics_workspace)
    assert run.stdout.splitlines()[:2] == [
        "no such metric: there is no gone",
        "  10 queries of 5 panels and rules: "
        "d.json: d: P0, d.json: d: P1, d.json: d: P2 and 2 more",
    ]
    metrics_workspace.write_file("d.json", format_dashboard(build_panel("P", "gone", "2 * gone")))
    assert "  2 queries of one panel or rule: d.json: d: P\n" in run_check(metrics_workspace).stdout


def test_every_query_is_in_the_json(metrics_workspace: Workspace) -> None:
    run = run_check(metrics_workspace, "--json")
    assert run.exit_code == 1
    assert [query["place"]["query"] for query in run.json["queries"]] == [
        "A",
        "B",
        "A",
        "A",
        "B",
        "C",
    ]
    assert run.json["queries"][0] == {
        "place": {
            "source": "d.json",
            "dashboard": "d",
            "panel": "Fine",
            "query": "A",
            "panel_id": 0,
        },
        "state": "data",
        "problem": "",
        "tip": "",
        "expr": "http_requests_total",
        "allowed": "",
    }
    assert run.json["findings"] == []
    assert run.json["percentiles"] == []
    assert run.json["cardinality"][0] == {
        "metric": "http_requests_in_flight",
        "series": 1,
        "sets": 1,
        "labels": {},
    }


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("http_requests_total", 0),
        ('http_requests_total{http_status="500"}', 0),
        ("sum by (path) (http_requests_total)", 1),
        ("missing", 1),
        ("sum(", 1),
    ],
)
def test_only_what_will_never_show_anything_ends_in_1(
    metrics_workspace: Workspace, expression: str, code: int
) -> None:
    metrics_workspace.write_file("d.json", format_dashboard(build_panel("P", expression)))
    assert run_check(metrics_workspace).exit_code == code


def test_what_is_all_right_says_nothing_but_how_much_it_is(metrics_workspace: Workspace) -> None:
    metrics_workspace.write_file("d.json", format_dashboard(build_panel("Fine", "up")))
    run = run_check(metrics_workspace)
    assert (run.exit_code, run.stdout) == (0, "")
    assert run.stderr == "1 query: 1 data; 0 errors, 0 warnings\n"


def test_a_rule_file_is_checked_and_records_for_dashboards(metrics_workspace: Workspace) -> None:
    metrics_workspace.write_file(
        "d.json", format_dashboard(build_panel("P", "service:http_requests:rate5m"))
    )
    metrics_workspace.write_file("r.yaml", RULE_FILE)
    assert run_check(metrics_workspace).exit_code == 1
    run = run_check(metrics_workspace, "r.yaml")
    assert (
        "no such metric: there is no http_request_total\n  r.yaml: r.yaml: Failing\n" in run.stdout
    )
    assert "3 queries: 2 data" in run.stderr


def test_several_programs_are_one_world(metrics_workspace: Workspace) -> None:
    metrics_workspace.write_file(
        "d.json", format_dashboard(build_panel("P", "http_requests_total / other"))
    )
    metrics_workspace.write_file("other.prom.gz", gzip.compress(b"other 1\n"))
    assert run_check(metrics_workspace, "--metrics", "other.prom.gz").exit_code == 0


def test_labels_of_targets_are_named(metrics_workspace: Workspace) -> None:
    metrics_workspace.write_file(
        "d.json", format_dashboard(build_panel("P", 'http_requests_total{zone="a"}'))
    )
    assert run_check(metrics_workspace).exit_code == 1
    assert run_check(metrics_workspace, "--target-label", "zone").exit_code == 0


# Findings


@pytest.fixture
def coarse_workspace(workspace: Workspace) -> Workspace:
    """A folder with a program of too few buckets and a dashboard of its percentiles."""
    workspace.write_file(
        "metrics.prom", format_histogram("took_seconds", {0.1: 500, 0.5: 995, 1.0: 1000})
    )
    expression = "histogram_quantile(0.99, sum by (le) (rate(took_seconds_bucket[5m])))"
    workspace.write_file("d.json", format_dashboard(build_panel("P99", expression)))
    return workspace


def test_a_finding_names_the_metric_the_problem_and_the_way_out(
    coarse_workspace: Workspace,
) -> None:
    lines = run_check(coarse_workspace).stdout.splitlines()
    assert lines[0] == "metrics.prom: took_seconds"
    assert lines[1].startswith("  warning few-buckets: only 3 buckets for percentiles: [0.1, 0.5,")
    assert lines[2].startswith("    Tip: give it more: buckets=[")


def test_of_several_programs_a_finding_names_the_one_that_has_the_metric(
    coarse_workspace: Workspace,
) -> None:
    coarse_workspace.write_file("other.prom", 'hits_total{user="ann@example.com"} 1\n')
    text = run_check(coarse_workspace, "--metrics", "other.prom").stdout.splitlines()
    assert text[::3] == ["metrics.prom: took_seconds", "other.prom: hits_total: user"]
    coarse_workspace.write_file(
        "other.prom", format_histogram("took_seconds", {0.1: 5, 0.5: 9, 1.0: 10})
    )
    both = run_check(coarse_workspace, "--metrics", "other.prom").stdout
    assert both.startswith("metrics.prom, other.prom: took_seconds\n")


def test_findings_are_in_the_json_beside_where_percentiles_lie(coarse_workspace: Workspace) -> None:
    run = run_check(coarse_workspace, "--json").json
    assert [finding["rule"] for finding in run["findings"]] == ["few-buckets"]
    place = run["findings"][0]["place"]
    assert (place["source"], place["panel"], place["query"]) == ("metrics.prom", "took_seconds", "")
    assert run["percentiles"] == [
        {
            "histogram": "took_seconds",
            "quantile": 0.99,
            "lower": 0.1,
            "upper": 0.5,
            "error": 0.4,
            "factor": 5.0,
            "last": False,
        }
    ]


def test_a_percentile_without_an_end_is_none_in_the_json(coarse_workspace: Workspace) -> None:
    coarse_workspace.write_file(
        "metrics.prom", format_histogram("took_seconds", {0.1: 500, float("inf"): 1000})
    )
    (percentile,) = run_check(coarse_workspace, "--json").json["percentiles"]
    assert (percentile["lower"], percentile["upper"], percentile["factor"], percentile["last"]) == (
        0.1,
        None,
        None,
        True,
    )


def test_details_show_where_percentiles_lie_and_the_largest_metrics(
    coarse_workspace: Workspace,
) -> None:
    run = run_check(coarse_workspace, "--details")
    assert run.stdout.splitlines()[-2:] == [
        "P99 of took_seconds: between 0.1 s and 0.5 s, off by up to 5 times",
        "took_seconds: 6 series",
    ]
    coarse_workspace.write_file(
        "metrics.prom", format_histogram("took_seconds", {0.1: 500, float("inf"): 1000})
    )
    assert "P99 of took_seconds: above 0.1 s\n" in run_check(coarse_workspace, "--details").stdout
    coarse_workspace.write_file(
        "metrics.prom", format_histogram("took_seconds", {0.1: 1000, 0.5: 1000})
    )
    sentence = (
        "P99 of took_seconds: between 0 s and 0.1 s, the first bucket: no bound for how far off"
    )
    assert sentence in run_check(coarse_workspace, "--details").stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [((), 0), (("--fail-on", "warning"), 1), (("--fail-on", "nothing"), 0)],
)
def test_a_warning_is_no_reason_to_stop_unless_it_is_said_to_be(
    coarse_workspace: Workspace, arguments: tuple[str, ...], code: int
) -> None:
    assert run_check(coarse_workspace, *arguments).exit_code == code


def test_a_wrong_unit_is_a_reason_to_stop(coarse_workspace: Workspace) -> None:
    coarse_workspace.write_file("d.json", format_dashboard(build_panel("P", "up")))
    coarse_workspace.write_file(
        "metrics.prom", "request_seconds_sum 90000\nrequest_seconds_count 100\n"
    )
    run = run_check(coarse_workspace)
    assert (run.exit_code, "error wrong-unit: milliseconds for seconds" in run.stdout) == (1, True)
    assert run_check(coarse_workspace, "--fail-on", "nothing").exit_code == 0


def test_a_finding_that_a_team_lives_with_is_not_told(coarse_workspace: Workspace) -> None:
    excluded = '[[check_exclusions]]\nrule = "few-buckets"\npanel = "{}"\nreason = "a library\'s"\n'
    coarse_workspace.write_file("tailboard.toml", excluded.format("took_*"))
    assert run_check(coarse_workspace, "--fail-on", "warning").exit_code == 0
    coarse_workspace.write_file("tailboard.toml", excluded.format("other"))
    rules = [finding["rule"] for finding in run_check(coarse_workspace, "--json").json["findings"]]
    assert rules == ["few-buckets", "unused-exclusion"]
    coarse_workspace.write_file("tailboard.toml", excluded.replace("few", "phew"))
    assert "did you mean 'few-buckets'" in run_check(coarse_workspace).stderr


# What may be empty


MAY_BE_EMPTY_SETTING = """
[[may_be_empty]]
dashboard = "d"
panel = "Rou*"
query = "C"
reason = "only the old service has it"
"""


def test_what_may_be_empty_is_told_with_its_reason_and_no_reason_to_stop(
    metrics_workspace: Workspace,
) -> None:
    metrics_workspace.write_file("tailboard.toml", MAY_BE_EMPTY_SETTING)
    run = run_check(metrics_workspace)
    assert run.exit_code == 1
    assert "    Allowed: only the old service has it\n" in run.stdout
    assert "; 1 of them allowed; " in run.stderr
    metrics_workspace.write_file(
        "tailboard.toml", MAY_BE_EMPTY_SETTING.replace('query = "C"\n', "")
    )
    assert run_check(metrics_workspace).exit_code == 0
    queries = run_check(metrics_workspace, "--json").json["queries"]
    assert [query["state"] for query in queries if query["allowed"]] == [
        "no such label",
        "no such metric",
    ]


@pytest.mark.parametrize("title", ["Fine", "Failures", "Other"])
def test_an_entry_that_allows_nothing_is_a_finding(
    metrics_workspace: Workspace, title: str
) -> None:
    metrics_workspace.write_file(
        "tailboard.toml", MAY_BE_EMPTY_SETTING.replace("Rou*", title).replace('query = "C"\n', "")
    )
    (finding,) = run_check(metrics_workspace, "--json").json["findings"]
    assert finding["rule"] == "unused-exclusion"
    problem = f"may_be_empty allows what is not empty at dashboard 'd', panel '{title}'"
    assert finding["problem"] == problem


@pytest.mark.parametrize("expression", ["sum(", 'sum by (endpoint) (http_requests_total{a="b"})'])
def test_a_mistake_may_not_be_empty(metrics_workspace: Workspace, expression: str) -> None:
    metrics_workspace.write_file("d.json", format_dashboard(build_panel("P", expression)))
    metrics_workspace.write_file("tailboard.toml", '[[may_be_empty]]\nreason = "x"\n')
    run = run_check(metrics_workspace, "--target-label", "endpoint", "--target-label", "a")
    assert (run.exit_code, "Allowed" in run.stdout) == (1, False)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('panel = "P"', "an entry of may_be_empty without a reason"),
        ('rule = "x"\nreason = "x"', "an entry of may_be_empty with rule = 'x'"),
        ("reason = 3", "an entry of may_be_empty with reason = 3"),
    ],
)
def test_a_wrong_entry_is_refused(metrics_workspace: Workspace, entry: str, problem: str) -> None:
    metrics_workspace.write_file("tailboard.toml", f"[[may_be_empty]]\n{entry}\n")
    run = run_check(metrics_workspace)
    assert (run.exit_code, problem in run.stderr) == (2, True)


# What it is given


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('more{a="b', "line 5: the text is cut off"),
        ("more{a-b='c'} 1\n", "line 5: a label cannot be read"),
        ("# TYPE more info\n", "line 5: 'info' is no type of the text format"),
    ],
)
def test_what_prometheus_refuses_has_no_data(
    metrics_workspace: Workspace, line: str, reason: str
) -> None:
    metrics_workspace.write_file(
        "d.json", format_dashboard(build_panel("P", "http_requests_total"))
    )
    metrics_workspace.write_file("metrics.prom", f"{METRICS_EXPOSITION.strip()}\n{line}")
    run = run_check(metrics_workspace)
    assert run.exit_code == 1
    assert f"refused: Prometheus refuses metrics.prom: {reason}" in run.stdout
    assert f"error refused-scrape: Prometheus refuses all of it: {reason}" in run.stdout
    assert "1 query: 0 data, 1 refused; 1 error" in run.stderr


def test_a_refused_scrape_is_no_peace_whatever_is_asked(metrics_workspace: Workspace) -> None:
    metrics_workspace.write_file("d.json", format_dashboard(build_panel("P", "up")))
    metrics_workspace.write_file("metrics.prom", "a 1\nb\n")
    assert run_check(metrics_workspace).exit_code == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"<!doctype html><title>Log in</title>", "metrics.prom: this is an HTML page, not met"),
        (b'{"status": 1}', "metrics.prom: this is JSON, not metrics"),
        (b"", "metrics.prom is empty"),
        (b"\x1f\x8b", "metrics.prom is broken gzip"),
        (b"hello\n", "metrics.prom holds no metrics"),
    ],
)
def test_what_is_not_metrics_is_refused(
    metrics_workspace: Workspace, content: bytes, problem: str
) -> None:
    metrics_workspace.write_file("metrics.prom", content)
    run = run_check(metrics_workspace)
    assert (run.exit_code, run.stdout) == (2, "")
    assert problem in run.stderr
    assert "Tip: " in run.stderr


def test_metrics_that_are_not_there_are_named(metrics_workspace: Workspace) -> None:
    run = run_check(metrics_workspace, "--metrics", "gone.prom")
    assert run.exit_code == 2
    assert "gone.prom: No such file" in run.stderr


def test_an_address_is_named_without_its_password(metrics_workspace: Workspace) -> None:
    run = run_check(
        metrics_workspace, "--metrics", "http://anna:hidden@127.0.0.1:1/metrics?key=hidden"
    )
    assert run.exit_code == 2
    assert "http://127.0.0.1:1/metrics cannot be reached" in run.stderr
    assert "hidden" not in run.output


def test_without_a_query_nobody_is_asked(workspace: Workspace) -> None:
    workspace.write_file("good.py", GOOD_DEFINITION)
    run = workspace.run_tailboard("check", "good.py", "--metrics", "http://127.0.0.1:1/metrics")
    assert run.exit_code == 0
    assert run.stderr.startswith("0 queries: ")


NAMES = st.sampled_from(
    "panels targets expr fieldConfig defaults thresholds steps value mode custom thresholdsStyle "
    "type templating list query datasource name title uid refId stat".split()
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["stat", "query", "off"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


@given(JSON, JSON, JSON)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_json_is_a_traceback(
    metrics_workspace: Workspace, field: Any, listed: Any, value: Any
) -> None:
    drawn = {
        **build_panel("P", "histogram_quantile(0.9, a_bucket)"),
        "type": value,
        "fieldConfig": field,
    }
    wild = {"title": "Wild", "panels": [drawn], "templating": {"list": listed}, "more": value}
    metrics_workspace.write_file("d.json", json.dumps(wild))
    run = run_check(metrics_workspace)
    assert run.exit_code in {0, 1, 2}
    assert "Traceback" not in run.output


def test_a_broken_definition_is_a_mistake_and_no_state(metrics_workspace: Workspace) -> None:
    metrics_workspace.write_file("broken.py", "services = [1]")
    run = metrics_workspace.run_tailboard("check", "broken.py", "--metrics", "metrics.prom")
    assert run.exit_code == 2
    assert "broken.py" in run.stderr


def test_all_broken_definitions_of_a_folder_are_told(metrics_workspace: Workspace) -> None:
    for name, source in {
        "a.py": "raise ValueError",
        "b.py": "dashboards = [5, 6]",
        "c.json": "{",
        "d.json": '{"title": ""}',
    }.items():
        metrics_workspace.write_file(f"broken/{name}", source)
    metrics_workspace.write_file("broken/good.py", GOOD_DEFINITION)
    run = metrics_workspace.run_tailboard("check", "broken", "--metrics", "metrics.prom")
    assert (run.exit_code, run.stdout) == (2, "")
    for name, mistakes in {"a.py": 1, "b.py": 2, "c.json": 1, "d.json": 1, "good": 0}.items():
        assert run.stderr.count(f"broken/{name}: ") == mistakes, run.stderr
    assert "5 mistakes; nothing was judged" in run.stderr


@pytest.mark.parametrize("content", ["groups: 5", "groups:\n- name: g\n  rules:\n  - expr: up\n"])
def test_a_rule_file_that_prometheus_does_not_load_is_an_error(
    metrics_workspace: Workspace, content: str
) -> None:
    metrics_workspace.write_file("rules.yaml", content)
    run = metrics_workspace.run_tailboard("check", "rules.yaml", "--metrics", "metrics.prom")
    assert run.exit_code == 1
    assert "error refused-rule-file: " in run.stdout


def test_nothing_to_check_or_to_compare_with_says_what_to_name(
    metrics_workspace: Workspace,
) -> None:
    result = metrics_workspace.run_tailboard("check", "--metrics", "metrics.prom")
    assert (result.exit_code, "Name a definition" in result.stderr) == (2, True)
    alone = metrics_workspace.run_tailboard("check", "d.json")
    assert (alone.exit_code, "--metrics URL|FILE" in alone.stderr) == (2, True)
