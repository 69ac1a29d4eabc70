"""`tailboard check`: what it is asked, what it tells, and how it ends."""

import gzip
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.publish.programs import histogram
from tests.publish.workshop import GOOD, Run, Workshop

METRICS = """
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


def panel(title: str, *expressions: str) -> dict[str, Any]:
    targets = [{"expr": it, "refId": chr(65 + n)} for n, it in enumerate(expressions)]
    return {"title": title, "type": "timeseries", "targets": targets}


def dashboard(*panels: dict[str, Any]) -> str:
    return json.dumps({"title": "D", "uid": "d", "panels": list(panels)})


@pytest.fixture
def shop(workshop: Workshop) -> Workshop:
    """A folder with a program's metrics and a dashboard of panels in several states."""
    workshop.write("metrics.prom", METRICS)
    workshop.write(
        "d.json",
        dashboard(
            panel("Fine", "http_requests_total", "up"),
            panel("Failures", 'http_requests_total{http_status=~"5.."}'),
            panel("Routes", "up", "sum by (endpont) (http_requests_total)", "http_request_total"),
        ),
    )
    return workshop


def checked(shop: Workshop, *arguments: str) -> Run:
    return shop.tailboard("check", "d.json", "--metrics", "metrics.prom", *arguments)


def test_each_problem_is_told_once_the_worst_first_with_what_to_do(shop: Workshop) -> None:
    run = checked(shop)
    assert run.code == 1
    assert run.out.splitlines() == [
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
    assert run.err == (
        "6 queries: 3 data, 1 no such event yet, 1 no such label, 1 no such metric; "
        "0 errors, 0 warnings\n"
    )


def test_the_same_problem_in_many_panels_is_told_once(shop: Workshop) -> None:
    shop.write("d.json", dashboard(*(panel(f"P{it}", "gone", "2 * gone") for it in range(5))))
    run = checked(shop)
    assert run.out.splitlines()[:2] == [
        "no such metric: there is no gone",
        "  10 queries of 5 panels and rules: "
        "d.json: d: P0, d.json: d: P1, d.json: d: P2 and 2 more",
    ]
    shop.write("d.json", dashboard(panel("P", "gone", "2 * gone")))
    assert "  2 queries of one panel or rule: d.json: d: P\n" in checked(shop).out


def test_every_query_is_in_the_json(shop: Workshop) -> None:
    run = checked(shop, "--json")
    assert run.code == 1
    assert [it["place"]["query"] for it in run.json["queries"]] == ["A", "B", "A", "A", "B", "C"]
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
    shop: Workshop, expression: str, code: int
) -> None:
    shop.write("d.json", dashboard(panel("P", expression)))
    assert checked(shop).code == code


def test_what_is_all_right_says_nothing_but_how_much_it_is(shop: Workshop) -> None:
    shop.write("d.json", dashboard(panel("Fine", "up")))
    run = checked(shop)
    assert (run.code, run.out) == (0, "")
    assert run.err == "1 query: 1 data; 0 errors, 0 warnings\n"


def test_a_rule_file_is_checked_and_records_for_dashboards(shop: Workshop) -> None:
    shop.write("d.json", dashboard(panel("P", "service:http_requests:rate5m")))
    shop.write("r.yaml", RULE_FILE)
    assert checked(shop).code == 1
    run = checked(shop, "r.yaml")
    assert "no such metric: there is no http_request_total\n  r.yaml: r.yaml: Failing\n" in run.out
    assert "3 queries: 2 data" in run.err


def test_several_programs_are_one_world(shop: Workshop) -> None:
    shop.write("d.json", dashboard(panel("P", "http_requests_total / other")))
    shop.write("other.prom.gz", gzip.compress(b"other 1\n"))
    assert checked(shop, "--metrics", "other.prom.gz").code == 0


def test_labels_of_targets_are_named(shop: Workshop) -> None:
    shop.write("d.json", dashboard(panel("P", 'http_requests_total{zone="a"}')))
    assert checked(shop).code == 1
    assert checked(shop, "--target-label", "zone").code == 0


# Findings


@pytest.fixture
def slow(workshop: Workshop) -> Workshop:
    """A folder with a program of too few buckets and a dashboard of its percentiles."""
    workshop.write("metrics.prom", histogram("took_seconds", {0.1: 500, 0.5: 995, 1.0: 1000}))
    expression = "histogram_quantile(0.99, sum by (le) (rate(took_seconds_bucket[5m])))"
    workshop.write("d.json", dashboard(panel("P99", expression)))
    return workshop


def test_a_finding_names_the_metric_the_problem_and_the_way_out(slow: Workshop) -> None:
    lines = checked(slow).out.splitlines()
    assert lines[0] == "metrics.prom: took_seconds"
    assert lines[1].startswith("  warning few-buckets: only 3 buckets for percentiles: [0.1, 0.5,")
    assert lines[2].startswith("    Tip: give it more: buckets=[")


def test_of_several_programs_a_finding_names_the_one_that_has_the_metric(slow: Workshop) -> None:
    slow.write("other.prom", 'hits_total{user="ann@example.com"} 1\n')
    said = checked(slow, "--metrics", "other.prom").out.splitlines()
    assert said[::3] == ["metrics.prom: took_seconds", "other.prom: hits_total: user"]
    slow.write("other.prom", histogram("took_seconds", {0.1: 5, 0.5: 9, 1.0: 10}))
    both = checked(slow, "--metrics", "other.prom").out
    assert both.startswith("metrics.prom, other.prom: took_seconds\n")


def test_findings_are_in_the_json_beside_where_percentiles_lie(slow: Workshop) -> None:
    run = checked(slow, "--json").json
    assert [it["rule"] for it in run["findings"]] == ["few-buckets"]
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


def test_a_percentile_without_an_end_is_none_in_the_json(slow: Workshop) -> None:
    slow.write("metrics.prom", histogram("took_seconds", {0.1: 500, float("inf"): 1000}))
    (it,) = checked(slow, "--json").json["percentiles"]
    assert (it["lower"], it["upper"], it["factor"], it["last"]) == (0.1, None, None, True)


def test_details_show_where_percentiles_lie_and_the_largest_metrics(slow: Workshop) -> None:
    run = checked(slow, "--details")
    assert run.out.splitlines()[-2:] == [
        "P99 of took_seconds: between 0.1 s and 0.5 s, off by up to 5 times",
        "took_seconds: 6 series",
    ]
    slow.write("metrics.prom", histogram("took_seconds", {0.1: 500, float("inf"): 1000}))
    assert "P99 of took_seconds: above 0.1 s\n" in checked(slow, "--details").out
    slow.write("metrics.prom", histogram("took_seconds", {0.1: 1000, 0.5: 1000}))
    told = "P99 of took_seconds: between 0 s and 0.1 s, the first bucket: no bound for how far off"
    assert told in checked(slow, "--details").out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [((), 0), (("--fail-on", "warning"), 1), (("--fail-on", "nothing"), 0)],
)
def test_a_warning_is_no_reason_to_stop_unless_it_is_said_to_be(
    slow: Workshop, arguments: tuple[str, ...], code: int
) -> None:
    assert checked(slow, *arguments).code == code


def test_a_wrong_unit_is_a_reason_to_stop(slow: Workshop) -> None:
    slow.write("d.json", dashboard(panel("P", "up")))
    slow.write("metrics.prom", "request_seconds_sum 90000\nrequest_seconds_count 100\n")
    run = checked(slow)
    assert (run.code, "error wrong-unit: milliseconds for seconds" in run.out) == (1, True)
    assert checked(slow, "--fail-on", "nothing").code == 0


def test_a_finding_that_a_team_lives_with_is_not_told(slow: Workshop) -> None:
    excluded = '[[check_exclusions]]\nrule = "few-buckets"\npanel = "{}"\nreason = "a library\'s"\n'
    slow.write("tailboard.toml", excluded.format("took_*"))
    assert checked(slow, "--fail-on", "warning").code == 0
    slow.write("tailboard.toml", excluded.format("other"))
    rules = [it["rule"] for it in checked(slow, "--json").json["findings"]]
    assert rules == ["few-buckets", "unused-exclusion"]
    slow.write("tailboard.toml", excluded.replace("few", "phew"))
    assert "did you mean 'few-buckets'" in checked(slow).err


# What may be empty


EMPTY = """
[[may_be_empty]]
dashboard = "d"
panel = "Rou*"
query = "C"
reason = "only the old service has it"
"""


def test_what_may_be_empty_is_told_with_its_reason_and_no_reason_to_stop(shop: Workshop) -> None:
    shop.write("tailboard.toml", EMPTY)
    run = checked(shop)
    assert run.code == 1
    assert "    Allowed: only the old service has it\n" in run.out
    assert "; 1 of them allowed; " in run.err
    shop.write("tailboard.toml", EMPTY.replace('query = "C"\n', ""))
    assert checked(shop).code == 0
    queries = checked(shop, "--json").json["queries"]
    assert [it["state"] for it in queries if it["allowed"]] == ["no such label", "no such metric"]


@pytest.mark.parametrize("title", ["Fine", "Failures", "Other"])
def test_an_entry_that_allows_nothing_is_a_finding(shop: Workshop, title: str) -> None:
    shop.write("tailboard.toml", EMPTY.replace("Rou*", title).replace('query = "C"\n', ""))
    (it,) = checked(shop, "--json").json["findings"]
    assert it["rule"] == "unused-exclusion"
    problem = f"may_be_empty allows what is not empty at dashboard 'd', panel '{title}'"
    assert it["problem"] == problem


@pytest.mark.parametrize("expression", ["sum(", 'sum by (endpoint) (http_requests_total{a="b"})'])
def test_a_mistake_may_not_be_empty(shop: Workshop, expression: str) -> None:
    shop.write("d.json", dashboard(panel("P", expression)))
    shop.write("tailboard.toml", '[[may_be_empty]]\nreason = "x"\n')
    run = checked(shop, "--target-label", "endpoint", "--target-label", "a")
    assert (run.code, "Allowed" in run.out) == (1, False)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ('panel = "P"', "an entry of may_be_empty without a reason"),
        ('rule = "x"\nreason = "x"', "an entry of may_be_empty with rule = 'x'"),
        ("reason = 3", "an entry of may_be_empty with reason = 3"),
    ],
)
def test_a_wrong_entry_is_refused(shop: Workshop, given: str, problem: str) -> None:
    shop.write("tailboard.toml", f"[[may_be_empty]]\n{given}\n")
    run = checked(shop)
    assert (run.code, problem in run.err) == (2, True)


# What it is given


def test_metrics_that_are_cut_off_are_compared_with_a_note(shop: Workshop) -> None:
    shop.write("d.json", dashboard(panel("P", "http_requests_total")))
    shop.write("metrics.prom", METRICS.strip() + '\nmore{a="b')
    run = checked(shop)
    assert run.code == 0
    assert "Note: metrics.prom is cut off in line 5" in run.err


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
def test_what_is_not_metrics_is_refused(shop: Workshop, content: bytes, problem: str) -> None:
    shop.write("metrics.prom", content)
    run = checked(shop)
    assert (run.code, run.out) == (2, "")
    assert problem in run.err
    assert "Tip: " in run.err


def test_metrics_that_are_not_there_are_named(shop: Workshop) -> None:
    run = checked(shop, "--metrics", "gone.prom")
    assert run.code == 2
    assert "gone.prom: No such file" in run.err


def test_an_address_is_named_without_its_password(shop: Workshop) -> None:
    run = checked(shop, "--metrics", "http://anna:hidden@127.0.0.1:1/metrics?key=hidden")
    assert run.code == 2
    assert "http://127.0.0.1:1/metrics cannot be reached" in run.err
    assert "hidden" not in run.said


def test_without_a_query_nobody_is_asked(workshop: Workshop) -> None:
    workshop.write("good.py", GOOD)
    run = workshop.tailboard("check", "good.py", "--metrics", "http://127.0.0.1:1/metrics")
    assert run.code == 0
    assert run.err.startswith("0 queries: ")


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
@settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_json_is_a_traceback(shop: Workshop, field: Any, listed: Any, more: Any) -> None:
    drawn = {**panel("P", "histogram_quantile(0.9, a_bucket)"), "type": more, "fieldConfig": field}
    wild = {"title": "Wild", "panels": [drawn], "templating": {"list": listed}, "more": more}
    shop.write("d.json", json.dumps(wild))
    run = checked(shop)
    assert run.code in {0, 1, 2}
    assert "Traceback" not in run.said


def test_a_broken_definition_is_a_mistake_and_no_state(shop: Workshop) -> None:
    shop.write("broken.py", "services = [1]")
    run = shop.tailboard("check", "broken.py", "--metrics", "metrics.prom")
    assert run.code == 2
    assert "broken.py" in run.err


def test_all_broken_definitions_of_a_folder_are_told(shop: Workshop) -> None:
    for name, source in {
        "a.py": "raise ValueError",
        "b.py": "dashboards = [5, 6]",
        "c.json": "{",
        "d.json": '{"title": ""}',
    }.items():
        shop.write(f"broken/{name}", source)
    shop.write("broken/good.py", GOOD)
    shop.write("rules.yaml", "groups: 5")
    run = shop.tailboard("check", "broken", "rules.yaml", "--metrics", "metrics.prom")
    assert (run.code, run.out) == (2, "")
    for name, mistakes in {"a.py": 1, "b.py": 2, "c.json": 1, "d.json": 1, "good": 0}.items():
        assert run.err.count(f"broken/{name}: ") == mistakes, run.err
    assert "rules.yaml: it has no rule groups" in run.err
    assert "6 mistakes; nothing was judged" in run.err


def test_nothing_to_check_or_to_compare_with_says_what_to_name(shop: Workshop) -> None:
    nothing = shop.tailboard("check", "--metrics", "metrics.prom")
    assert (nothing.code, "Name a definition" in nothing.err) == (2, True)
    alone = shop.tailboard("check", "d.json")
    assert (alone.code, "--metrics URL|FILE" in alone.err) == (2, True)
