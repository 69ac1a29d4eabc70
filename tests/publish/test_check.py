"""`tailboard check`: what it is asked, what it tells, and how it ends."""

import gzip
import json
from typing import Any

import pytest

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


def test_each_panel_that_is_not_all_right_is_told_with_what_to_do(shop: Workshop) -> None:
    run = checked(shop)
    assert run.code == 1
    assert run.out.splitlines() == [
        "d.json: d: Failures: no such event yet",
        '  A no such event yet: no series has http_status=~"5.."',
        "    Tip: nothing to do, if it has not happened yet; there is 200.",
        "d.json: d: Routes: no such metric",
        "  B no such label: no series has the label endpont",
        "    Tip: did you mean endpoint? If Prometheus adds it to targets, "
        "say --target-label endpont.",
        "  C no such metric: there is no http_request_total",
        "    Tip: did you mean http_requests_total?",
    ]
    assert run.err == (
        "6 queries: 3 data, 1 no such event yet, 1 no such label, 1 no such metric, 0 query error\n"
    )


def test_every_query_is_in_the_json(shop: Workshop) -> None:
    run = checked(shop, "--json")
    assert run.code == 1
    assert [it["place"]["query"] for it in run.json] == ["A", "B", "A", "A", "B", "C"]
    assert run.json[0] == {
        "place": {"source": "d.json", "dashboard": "d", "panel": "Fine", "query": "A"},
        "state": "data",
        "problem": "",
        "tip": "",
        "expr": "http_requests_total",
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
    assert run.err.startswith("1 query: 1 data, 0 no such event yet")


def test_a_rule_file_is_checked_and_records_for_dashboards(shop: Workshop) -> None:
    shop.write("d.json", dashboard(panel("P", "service:http_requests:rate5m")))
    shop.write("r.yaml", RULE_FILE)
    assert checked(shop).code == 1
    run = checked(shop, "r.yaml")
    assert "r.yaml: r.yaml: Failing: no such metric\n  no such metric: there is no" in run.out
    assert "3 queries: 2 data" in run.err


def test_several_programs_are_one_world(shop: Workshop) -> None:
    shop.write("d.json", dashboard(panel("P", "http_requests_total / other")))
    shop.write("other.prom.gz", gzip.compress(b"other 1\n"))
    assert checked(shop, "--metrics", "other.prom.gz").code == 0


def test_labels_of_targets_are_named(shop: Workshop) -> None:
    shop.write("d.json", dashboard(panel("P", 'http_requests_total{zone="a"}')))
    assert checked(shop).code == 1
    assert checked(shop, "--target-label", "zone").code == 0


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


def test_a_broken_definition_is_a_mistake_and_no_state(shop: Workshop) -> None:
    shop.write("broken.py", "services = [1]")
    run = shop.tailboard("check", "broken.py", "--metrics", "metrics.prom")
    assert run.code == 2
    assert "broken.py" in run.err


def test_nothing_to_check_or_to_compare_with_says_what_to_name(shop: Workshop) -> None:
    nothing = shop.tailboard("check", "--metrics", "metrics.prom")
    assert (nothing.code, "Name a definition" in nothing.err) == (2, True)
    alone = shop.tailboard("check", "d.json")
    assert (alone.code, "--metrics URL|FILE" in alone.err) == (2, True)
