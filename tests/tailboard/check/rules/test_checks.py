"""For every check, metrics that mislead or cost too much, and metrics that do not."""

from math import inf
from typing import Any

import pytest

from tailboard.check.engine import run_checks
from tailboard.check.evidence import build_evidence
from tailboard.check.rules import CHECKS
from tailboard.findings.finding import Finding, Place
from tailboard.queries.subject import build_document_subject
from tests.convention_expositions import format_histogram, read_catalogue

REQUESTS = "http_request_duration_seconds"
CLIENT_BUCKETS = {
    0.005: 10,
    0.05: 300,
    0.1: 800,
    0.25: 980,
    0.5: 995,
    1.0: 999,
    2.5: 1000,
    5.0: 1000,
}
WIDE_BUCKETS = {0.01: 0, 0.1: 500, 1.0: 900, 10.0: 995, 20.0: 1000, 50.0: 1000}
MILLISECOND_BUCKETS = {0.0: 0, 5.0: 1000, 10.0: 1000, 25.0: 1000, 50.0: 1000, 75.0: 1000}
WIDE_FIRST_BUCKET = dict.fromkeys((0.1, 0.25, 0.5, 1.0, 2.5), 1000)
LONG_BUCKETS = {1.0: 0, 10.0: 100, 30.0: 600, 60.0: 900, 120.0: 995, 300.0: 1000}
OVERFLOWING_BUCKETS = {0.1: 0, 0.5: 0, 1.0: 0, 2.5: 0, 10.0: 10, inf: 1000}
UUID = "9f1c2d3e-4a5b-4c6d-8e7f-0a1b2c3d4e5"


def list_findings(text: str, *quantiles: float, threshold: float | None = None) -> list[Finding]:
    """What all checks say of a program, and of panels that show percentiles of its requests."""
    defaults = {"thresholds": {"steps": [{"value": threshold}]}} if threshold else {}
    panels: list[dict[str, Any]] = [
        {
            "title": f"P{percentile * 100:g}",
            "type": "stat",
            "fieldConfig": {"defaults": defaults},
            "targets": [{"expr": f"histogram_quantile({percentile}, rate({REQUESTS}_bucket[5m]))"}],
        }
        for percentile in quantiles or (0.99,)
    ]
    subject = build_document_subject({"uid": "d", "panels": panels}, "d.json")
    return list(run_checks(build_evidence([subject], read_catalogue(text), "it"), CHECKS))


def list_rule_names(text: str, *quantiles: float, threshold: float | None = None) -> list[str]:
    return [finding.rule for finding in list_findings(text, *quantiles, threshold=threshold)]


def format_samples(label: str, *values: str, name: str = "orders_total") -> str:
    return "".join(f'{name}{{{label}="{value}"}} 1\n' for value in values)


BAD = [
    ("coarse-percentile", format_histogram(REQUESTS, WIDE_BUCKETS)),
    ("coarse-percentile", format_histogram(REQUESTS, MILLISECOND_BUCKETS, 0.12)),
    ("coarse-percentile", format_histogram(REQUESTS, WIDE_FIRST_BUCKET, 0.0001)),
    ("few-buckets", format_histogram(REQUESTS, {0.1: 500, 0.5: 995, 1.0: 1000})),
    (
        "last-bucket",
        format_histogram(REQUESTS, {**CLIENT_BUCKETS, 5.0: 1000, 2.5: 980, 1.0: 970, 0.5: 960}),
    ),
    ("wrong-unit", format_histogram(REQUESTS, OVERFLOWING_BUCKETS, 143)),
    ("wrong-unit", format_histogram(REQUESTS, OVERFLOWING_BUCKETS, 35)),
    (
        "wrong-unit",
        "# TYPE db_query_seconds summary\ndb_query_seconds_sum 900\ndb_query_seconds_count 10\n",
    ),
    (
        "wrong-unit",
        "# TYPE http_request_duration_seconds gauge\nhttp_request_duration_seconds 95\n",
    ),
    (
        "wrong-unit",
        "http_server_duration_milliseconds_sum 2\nhttp_server_duration_milliseconds_count 100\n",
    ),
    ("raw-path", format_samples("path", "/orders/4711")),
    ("raw-path", format_samples("route", "/", "/orders/1", "/orders/2")),
    ("id-label", format_samples("order", *(f"{UUID}{character}" for character in "123"))),
    ("id-label", format_samples("customer", *(str(number) for number in range(990, 1001)))),
    ("id-label", format_samples("api_key", "sk-live-000000000000001")),
    (
        "id-label",
        format_samples("api_key", *(f"sk-live-51Hq8ZkLw2eXb7Tn{character}" for character in "123")),
    ),
    ("email-label", format_samples("user", "ann@example.com")),
    ("many-series", format_samples("city", *(f"city {number}" for number in range(101)))),
]
GOOD = [
    format_histogram(REQUESTS, CLIENT_BUCKETS),
    format_histogram(REQUESTS, dict.fromkeys(CLIENT_BUCKETS, 0), 0),
    format_histogram(REQUESTS, WIDE_FIRST_BUCKET, 0.02),
    format_histogram(REQUESTS, LONG_BUCKETS, 70),
    format_histogram(
        REQUESTS, {**CLIENT_BUCKETS, 0.005: 1000, 0.05: 1000, 0.1: 1000, 0.25: 1000}, 0.0001
    ),
    format_histogram(REQUESTS, {bound: min(count, 9) for bound, count in WIDE_BUCKETS.items()}),
    format_histogram("other_seconds", {0.1: 500, 0.5: 995, 1.0: 1000}),
    format_histogram(REQUESTS, {1.0: 5, 2.0: 5}, labels='a="1"')
    + format_histogram(REQUESTS, {3.0: 5}, labels='a="2"'),
    format_histogram("job_duration_seconds", {1.0: 0, 10.0: 0, inf: 1000}, 3600),
    format_histogram("http_request_size_bytes", {1000.0: 0, inf: 1000}, 5000),
    "http_requests_seconds_sum 900\nhttp_requests_seconds_count 9\n",
    "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds 1700000000\n",
    "http_server_duration_milliseconds_sum 90\nhttp_server_duration_milliseconds_count 100\n",
    "db_client_duration_milliseconds_sum 2\ndb_client_duration_milliseconds_count 100\n",
    format_samples("path", "/orders/{id}", "/", "/v1/items", "/status/404"),
    format_samples("status", *(str(number) for number in range(400, 420))),
    format_samples("code", *(str(number) for number in range(400, 420))),
    format_samples("pid", *(str(number) for number in range(1000, 1020))),
    format_samples("port", *(str(number) for number in range(8000, 8020))),
    format_samples("shard", *(str(number) for number in range(20))),
    format_samples("batch_of", *(str(number) for number in range(9))),
    format_samples("id", *(f"{UUID}{character}" for character in "1234"), name="target_info"),
    format_samples("service_instance_id", f"{UUID}1", f"{UUID}2"),
    format_samples("token", "access", "refresh"),
    format_samples("session", "new-customer-of-today"),
    format_samples("worker", "celery@host.example.com"),
    format_samples("version", "3.11.7", "1.0.3"),
    format_samples("city", *(f"city {number}" for number in range(100))),
]


@pytest.mark.parametrize(
    ("name", "text"), BAD, ids=[f"{example[0]}-{n}" for n, example in enumerate(BAD)]
)
def test_what_is_bad_is_found_once_and_nothing_else_is(name: str, text: str) -> None:
    assert list_rule_names(text) == [name]


@pytest.mark.parametrize("text", GOOD, ids=range(len(GOOD)))
def test_what_is_good_is_no_finding(text: str) -> None:
    assert list_rule_names(text) == []


@pytest.mark.parametrize(
    ("threshold", "expected"), [(0.3, ["threshold-between-buckets"]), (0.25, [])]
)
def test_a_threshold_has_to_be_the_bound_of_a_bucket(threshold: float, expected: list[str]) -> None:
    assert (
        list_rule_names(format_histogram(REQUESTS, CLIENT_BUCKETS), threshold=threshold) == expected
    )


def test_every_check_says_why_with_something_bad_and_something_good() -> None:
    assert {name for name, _ in BAD} <= {check.name for check in CHECKS}
    assert all("Bad: " in (check.page or "") and "Good: " in (check.page or "") for check in CHECKS)


def test_a_bucket_of_a_client_library_is_wide_enough_to_be_told_from_a_wide_one() -> None:
    almost = format_histogram(REQUESTS, {0.1: 500, 0.2: 900, 0.5: 995, 1.0: 1000, 2.0: 1000})
    assert list_rule_names(almost) == []


def test_one_problem_of_a_metric_is_one_finding_for_all_its_panels() -> None:
    (finding,) = list_findings(format_histogram(REQUESTS, WIDE_BUCKETS), 0.95, 0.96, 0.97, 0.98)
    assert finding.place == Place("it", "", REQUESTS)
    assert "from 1 s to 10 s" in finding.problem
    assert "off by up to 10 times" in finding.problem
    assert "in 4 panels and rules: d: P95, d: P96, d: P97 and 1 more" in finding.problem
    assert "buckets=[0.01, " in finding.tip


def test_a_label_is_one_finding_for_all_its_metrics() -> None:
    text = format_histogram("took_seconds", CLIENT_BUCKETS, labels='path="/orders/4711"')
    (finding,) = list_findings(text + format_samples("path", "/orders/4711"))
    assert finding.place == Place("it", "", "orders_total", "path")
    assert finding.problem == "path holds paths with ids: /orders/4711, as in 1 other metric"
    assert "/orders/{id}" in finding.tip


def test_a_percentile_beyond_the_last_bucket_is_told_from_one_in_it() -> None:
    slow_histogram = format_histogram(REQUESTS, {**dict.fromkeys(CLIENT_BUCKETS, 900), inf: 1000})
    (finding,) = list_findings(slow_histogram)
    assert (
        "P99 lies beyond the last finite bucket, and no more than 5 s can be drawn"
        in finding.problem
    )


def test_one_histogram_has_its_panels_and_better_buckets_once() -> None:
    slow = {0.01: 0, 0.1: 0, 1.0: 100, 10.0: 900, 20.0: 900, 50.0: 1000}
    (finding,) = list_findings(format_histogram(REQUESTS, slow), 0.5, 0.8, 0.99)
    assert finding.rule == "last-bucket"
    assert (
        "P99 lies in the last finite bucket, and no more than 50 s can be drawn; "
        in finding.problem
    )
    assert "P50 lies anywhere from 1 s to 10 s" in finding.problem
    assert finding.problem.count("in 3 panels and rules: d: P50, d: P80, d: P99") == 1
    assert finding.tip.count("buckets=[") == 1


def test_few_buckets_of_which_the_last_is_full_are_one_finding() -> None:
    (finding,) = list_findings(format_histogram(REQUESTS, {0.1: 500, 0.5: 600, 1.0: 1000}))
    assert finding.rule == "few-buckets"
    assert finding.problem == (
        "only 3 buckets for percentiles: [0.1, 0.5, 1]; P99 lies in the last finite bucket, "
        "and no more than 1 s can be drawn, in 1 panel or rule: d: P99"
    )


def test_what_is_left_to_another_check_is_found_by_then() -> None:
    """A check that leaves something to a later one would tell it twice."""
    order = [check.name for check in CHECKS]
    for check in CHECKS:
        assert all(order.index(name) < order.index(check.name) for name in check.suppressors), (
            check.name
        )


def test_the_values_of_a_label_are_looked_through_once_for_each_thing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[int] = []

    def look(values: set[str]) -> list[str]:
        looked.append(len(values))
        return ["/orders/4711"]

    monkeypatch.setattr("tailboard.check.rules.raw_path.find_paths_with_ids", look)
    assert list_rule_names(
        format_samples("path", *(f"/orders/{number}" for number in range(200)))
    ) == ["raw-path"]
    assert looked == [200]


def test_the_largest_metric_is_named_with_its_widest_label() -> None:
    (number,) = list_findings(format_samples("city", *(f"city {number}" for number in range(2000))))
    assert number.problem == "2000 series, city has more than 1000 values"
    assert "the label city" in number.tip


def test_the_parts_of_a_histogram_are_one_metric() -> None:
    text = "".join(
        format_histogram(REQUESTS, CLIENT_BUCKETS, labels=f'city="city {number}"')
        for number in range(101)
    )
    (finding,) = [finding for finding in list_findings(text, 0.5) if finding.rule == "many-series"]
    assert (finding.place.panel, finding.place.query) == (REQUESTS, "city")


@pytest.mark.parametrize(
    ("label", "values", "masked"),
    [
        ("url", ["https://bob:hunter2@x.org/orders/4711?token=hunter2"], "x.org/orders/4711?..."),
        ("session", [f"hunter2{UUID[7:]}{character}" for character in "123"], ""),
        ("api_key", [f"hunter2key-51Hq8ZkLw2eXb7{character}" for character in "123"], ": hunt…"),
        ("customer", [f"77777{number}" for number in range(10, 20)], ": 7777…"),
        ("user", ["hunter2@example.com"], ": h…@example.com"),
    ],
)
def test_what_a_label_holds_is_shown_and_told_to_nobody(
    label: str, values: list[str], masked: str
) -> None:
    for finding in list_findings(format_samples(label, *values)):
        assert "hunter2" not in finding.problem
        assert masked in finding.problem


def test_a_percentile_in_a_wide_first_bucket_is_told_with_finer_ones() -> None:
    (finding,) = list_findings(format_histogram(REQUESTS, WIDE_FIRST_BUCKET, 0.0001))
    assert "P99 lies in the first bucket, anywhere from 0 s to 0.1 s" in finding.problem
    assert "the mean of all is 0.0001 s" in finding.problem
    assert "buckets=[0.0001, 0.0002, 0.0005," in finding.tip


@pytest.mark.parametrize(
    ("text", "others"),
    [
        (format_histogram(REQUESTS, {0.001: 0, 0.01: 990, 1.0: 1000}, 0.005), ["few-buckets"]),
        (format_histogram(REQUESTS, WIDE_BUCKETS), ["coarse-percentile"]),
        (
            format_histogram(REQUESTS, dict.fromkeys(CLIENT_BUCKETS, 900) | {inf: 1000}),
            ["last-bucket"],
        ),
        (format_histogram(REQUESTS, CLIENT_BUCKETS), []),
    ],
    ids=["few", "coarse", "last", "fine"],
)
def test_all_tips_of_one_histogram_propose_the_same_buckets(text: str, others: list[str]) -> None:
    findings = list_findings(text, 0.5, 0.99, threshold=0.3)
    lists = {finding.tip.partition("buckets=")[2] for finding in findings}
    assert {finding.rule for finding in findings} == {*others, "threshold-between-buckets"}
    assert len(lists) == 1
    assert " 0.3, " in lists.pop()


def test_buckets_that_are_fine_but_for_a_threshold_get_it_and_nothing_else() -> None:
    (finding,) = list_findings(format_histogram(REQUESTS, CLIENT_BUCKETS), threshold=0.3)
    assert finding.tip.endswith("buckets=[0.005, 0.05, 0.1, 0.25, 0.3, 0.5, 1, 2.5, 5]")


@pytest.mark.parametrize(
    ("threshold", "tip"),
    [
        (0.3, "make it 0.25 s or 0.5 s, or add a bucket: "),
        (2.0, "make it 1 s or 2.5 s, or add a bucket: "),
        (0.02, "add a bucket: "),
        (40.0, "add a bucket: "),
    ],
)
def test_a_threshold_is_only_moved_to_a_bound_nearby(threshold: float, tip: str) -> None:
    (finding,) = list_findings(format_histogram(REQUESTS, CLIENT_BUCKETS), threshold=threshold)
    assert finding.tip.startswith(tip)


@pytest.mark.parametrize(
    ("buckets", "mean", "severity"),
    [
        (OVERFLOWING_BUCKETS, 143, "error"),
        (dict.fromkeys(MILLISECOND_BUCKETS, 0) | {500.0: 995, 10_000.0: 1000}, 143, "error"),
        (OVERFLOWING_BUCKETS, 22, "warning"),
        ({10.0: 300, inf: 1000}, 143, "warning"),
    ],
)
def test_what_may_really_take_that_long_is_no_error(
    buckets: dict[float, float], mean: float, severity: str
) -> None:
    (finding,) = list_findings(format_histogram(REQUESTS, buckets, mean))
    assert (finding.rule, finding.severity) == ("wrong-unit", severity)
    assert ("or it really takes that long" in finding.problem) is (severity == "warning")
    assert ("buckets=[" in finding.tip) is (severity == "warning")
