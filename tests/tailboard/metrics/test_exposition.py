"""The catalogue of what a program exposes, beside what prometheus-client's own parser reads."""

import contextlib
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Enum,
    Gauge,
    Histogram,
    Info,
    Summary,
    generate_latest,
)
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
    UntypedMetricFamily,
)
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as of_openmetrics
from prometheus_client.parser import text_string_to_metric_families as of_text
from prometheus_client.registry import Collector

from tailboard.metrics.catalogue import MAX_VALUES, Capacity, Catalogue
from tailboard.metrics.exposition import MAX_DESCRIBED_LINES, read_exposition
from tailboard.publish.errors import TailboardError
from tests.example_counts import count_examples

ParsedMetrics = dict[str, tuple[int, dict[str, set[str]]]]

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}[a-z0-9]", fullmatch=True)
LABELS = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.floats() | st.integers(0, 2**60).map(float)


class FamiliesCollector(Collector):
    """A program that exposes these families."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self.families = list(families)

    def collect(self) -> Iterator[Metric]:
        yield from self.families


@st.composite
def families(draw: st.DrawFn) -> list[Metric]:
    """Valid families with any label values."""
    metric_families: list[Metric] = []
    for name in draw(st.lists(NAMES, unique=True, min_size=1, max_size=4)):
        labels = draw(st.lists(LABELS, unique=True, max_size=3))
        kind = draw(st.sampled_from([CounterMetricFamily, GaugeMetricFamily, UntypedMetricFamily]))
        family = kind(f"m_{name}_x", draw(TEXTS), labels=labels)
        values = st.lists(TEXTS, min_size=len(labels), max_size=len(labels)).map(tuple)
        for row in draw(st.lists(values, unique=True, max_size=5)):
            family.add_metric(row, draw(VALUES))
        metric_families.append(family)
    return metric_families


def format_openmetrics(registry: CollectorRegistry) -> bytes:
    return bytes(generate_openmetrics(registry))  # type: ignore[no-untyped-call]


def read_catalogue(text: str | bytes) -> Catalogue:
    data = text.encode() if isinstance(text, str) else text
    catalogue = Catalogue()
    read_exposition(
        (line + b"\n" for line in data.removesuffix(b"\n").split(b"\n")), catalogue, "it"
    )
    return catalogue


def read_with_tailboard(text: str) -> ParsedMetrics:
    catalogue = read_catalogue(text).metrics
    return {
        name: (
            metric.series_count,
            {label: set(values.known_values) for label, values in metric.labels.items()},
        )
        for name, metric in catalogue.items()
    }


def read_with_prometheus_client(text: str, parse: Callable[[str], Any]) -> ParsedMetrics:
    parsed: ParsedMetrics = {}
    for family in parse(text):
        for sample in family.samples:
            count, labels = parsed.get(sample.name, (0, {}))
            for label, value in sample.labels.items():
                if value:
                    labels.setdefault(label, set()).add(value)
            parsed[sample.name] = (count + 1, labels)
    return parsed


@pytest.fixture
def registry() -> CollectorRegistry:
    """A program with a metric of each type."""
    registry = CollectorRegistry()
    counter = Counter("orders", "All.", ["outcome"], registry=registry)
    counter.labels("ok").inc(exemplar={"trace_id": "a b"})
    counter.labels('a "quoted" \\ and\na line').inc()
    Counter("failures", "None yet.", ["outcome"], registry=registry)
    Gauge("in_flight", "Now.", registry=registry).set(float("inf"))
    Histogram("took_seconds", "Long.", ["path"], registry=registry).labels("/a{b}").observe(
        0.3, {"trace_id": "x"}
    )
    Summary("size_bytes", "Large.", registry=registry).observe(3)
    Info("build", "Which.", registry=registry).info({"version": "1"})
    Enum("phase", "Where.", states=["on", "off"], registry=registry).state("on")
    return registry


@settings(max_examples=count_examples(150))
@given(families())
def test_any_text_is_read_as_prometheus_client_reads_it(metrics: list[Metric]) -> None:
    registry = CollectorRegistry()
    registry.register(FamiliesCollector(metrics))
    text = generate_latest(registry).decode()
    if "# TYPE" in text:
        assert read_with_tailboard(text) == read_with_prometheus_client(text, of_text)


def test_every_type_is_read_as_prometheus_client_reads_it(registry: CollectorRegistry) -> None:
    text = generate_latest(registry).decode()
    assert read_with_tailboard(text) == read_with_prometheus_client(text, of_text)


def test_openmetrics_is_read_as_prometheus_client_reads_it(registry: CollectorRegistry) -> None:
    text = format_openmetrics(registry).decode()
    assert " # {" in text
    assert "# EOF" in text
    assert read_with_tailboard(text) == read_with_prometheus_client(text, of_openmetrics)


@pytest.mark.parametrize("generate", [generate_latest, format_openmetrics])
def test_a_declared_counter_without_series_is_silent(
    registry: CollectorRegistry, generate: Callable[[CollectorRegistry], bytes]
) -> None:
    catalogue = read_catalogue(generate(registry))
    assert catalogue.is_eventless("failures_total")
    assert not catalogue.is_eventless("orders_total")
    assert not catalogue.is_eventless("took_seconds")
    assert not catalogue.is_eventless("other_total")


def test_since_when_a_counter_counts_is_told_from_other_gauges(registry: CollectorRegistry) -> None:
    Gauge("account_created", "A gauge.", registry=registry)
    catalogue = read_catalogue(generate_latest(registry))
    assert catalogue.is_creation_time("orders_created")
    assert catalogue.is_creation_time("took_seconds_created")
    assert not catalogue.is_creation_time("account_created")


def test_names_in_utf_8_are_read() -> None:
    catalogue = read_catalogue(
        '# TYPE "http.requests" counter\n{"http.requests", "http.route"="/"} 1'
    )
    assert list(catalogue.metrics["http.requests"].labels) == ["http.route"]
    assert catalogue.families == {"http.requests": "counter"}


def test_families_twice_and_several_texts_add_up() -> None:
    catalogue = read_catalogue('# TYPE a gauge\na{b="1"} 1\n# TYPE a gauge\na{b="2"} 1\n')
    read_exposition([b'a{b="3"} 1\n'], catalogue, "more")
    assert catalogue.metrics["a"].labels["b"].known_values == {"1", "2", "3"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it is empty"),
        ("\n \n", "it is empty"),
        ("# HELP a b\n", "no metrics"),
        ("?\n", "no metrics: line 1"),
    ],
)
def test_a_text_without_metrics_is_refused(text: str, problem: str) -> None:
    with pytest.raises(TailboardError, match=problem):
        read_catalogue(text)


@settings(max_examples=count_examples(200))
@given(st.binary(max_size=200) | st.text(st.sampled_from('a_{}"=,#\\ \n1.e+')).map(str.encode))
def test_whatever_the_bytes_are_they_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(TailboardError):
        read_catalogue(data)


@pytest.mark.parametrize(
    ("op", "value", "may"),
    [
        ("=", "200", True),
        ("=", "500", False),
        ("=~", "2..", True),
        ("=~", "20", False),
        ("!=", "200", True),
        ("!~", "2..|404", True),
        ("=", "", True),
        ("=~", "(?<bad", True),
    ],
)
def test_values_are_compared_as_prometheus_does(op: str, value: str, may: bool) -> None:
    exposed = read_catalogue('a{code="200"} 1\na{code="404"} 1\na 1\n').metrics["a"]
    assert exposed.has_possible_match("code", op, value) is may


@pytest.mark.parametrize("bound", ["1", "1.0"])
@pytest.mark.parametrize("label_value", ["1", "1.0"])
def test_a_bound_is_found_however_it_is_written(bound: str, label_value: str) -> None:
    exposed = read_catalogue(f'a_bucket{{le="{bound}"}} 1\na_bucket{{le="+Inf"}} 1\n')
    assert exposed.metrics["a_bucket"].has_possible_match("le", "=", label_value)
    assert not exposed.metrics["a_bucket"].has_possible_match("le", "=", "2")


def test_counts_of_a_bound_are_added_up_however_it_is_written() -> None:
    text = 'a_bucket{b="1",le="1"} 2\na_bucket{b="2",le="1.0"} 3\na_bucket{b="1",le="+Inf"} 4\n'
    catalogue = read_catalogue(f'{text}a_bucket{{le="x"}} 9\na_bucket{{le="nan"}} 9\n').metrics[
        "a_bucket"
    ]
    assert catalogue.buckets == {1.0: (5.0, 2), float("inf"): (4.0, 1)}


def test_the_bounds_that_are_kept_are_bounded() -> None:
    text = "".join(f'a_bucket{{le="{number}"}} 1\n' for number in range(MAX_VALUES + 5))
    assert len(read_catalogue(text).metrics["a_bucket"].buckets) == MAX_VALUES


def test_values_are_added_up_but_for_those_that_are_no_number() -> None:
    catalogue = read_catalogue('a{b="1"} 2\na{b="2"} 3e1\na{b="3"} NaN\na{b="4"} +Inf\n')
    assert catalogue.metrics["a"].total == 32


def test_a_label_with_too_many_values_may_have_any() -> None:
    exposed = read_catalogue(
        "".join(f'a{{b="{number}"}} 1\n' for number in range(MAX_VALUES + 1))
    ).metrics["a"]
    assert len(exposed.labels["b"].known_values) == MAX_VALUES
    assert exposed.has_possible_match("b", "=", "anything")


def test_many_series_need_less_memory_than_their_text() -> None:
    def lines() -> Iterator[bytes]:
        for number in range(20_000):
            yield b'http_requests_total{endpoint="/items/%d",http_status="200"} 1.0\n' % number

    size = sum(map(len, lines()))
    catalogue = Catalogue()
    tracemalloc.start()
    read_exposition(lines(), catalogue, "it")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert catalogue.series_count == 20_000
    assert peak < size


def test_many_unreadable_lines_need_no_memory_and_are_counted() -> None:
    def lines() -> Iterator[bytes]:
        yield b"a 1\n"
        for _ in range(50_000):
            yield b"x\n"

    catalogue = Catalogue()
    tracemalloc.start()
    read_exposition(lines(), catalogue, "it")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000
    (refusal,) = catalogue.refusals
    assert refusal.line_count == 50_000


def test_behind_many_wrong_lines_the_others_are_counted_and_their_metrics_are_known() -> None:
    wrong, other = 2 * MAX_DESCRIBED_LINES, 'b{c="d } e"} 2\n\n# HELP b b\n# TYPE b gauge\nf +Inf\n'
    lines = ["a 1\n", *["x\n"] * wrong, *other.splitlines(keepends=True), "y z\n", "g"]
    catalogue = Catalogue()
    read_exposition([line.encode() for line in lines], catalogue, "it")
    (refusal,) = catalogue.refusals
    assert {*catalogue.refused_names} >= {"a", "b", "f"}
    assert "x" not in catalogue.refused_names
    assert refusal.describe_problem() == (
        f"line 2: there is no number behind a metric: , and about {wrong + 1} more lines"
    )


def test_nothing_is_read_behind_a_null_byte_however_many_lines_are_wrong() -> None:
    catalogue = Catalogue()
    lines = [b"a 1\n", *[b"x\n"] * (2 * MAX_DESCRIBED_LINES), b"\0\n", b"b 1\n", b"x\n"]
    read_exposition(lines, catalogue, "it")
    (refusal,) = catalogue.refusals
    assert refusal.line_count == 2 * MAX_DESCRIBED_LINES
    assert {*catalogue.refused_names} == {"a"}


@pytest.mark.parametrize(
    ("line", "capacity", "kept_names"),
    [
        ("a%d 1", Capacity(names=10), 10),
        ("# TYPE a%d counter", Capacity(families=10), 0),
        ('a{b%d="c"} 1', Capacity(labels=10), 1),
        ("a" * 2000 + "%d 1", Capacity(), 0),
        ("a{" + "b" * 2000 + '%d="c"} 1', Capacity(), 1),
    ],
    ids=["names", "types", "labels", "long names", "long labels"],
)
def test_what_a_catalogue_has_no_room_for_is_counted(
    line: str, capacity: Capacity, kept_names: int
) -> None:
    catalogue = Catalogue(capacity=capacity)
    text = "".join(f"{line % number}\n" for number in range(1000))
    read_exposition(text.encode().splitlines(keepends=True), catalogue, "it")
    assert len(catalogue.metrics) == kept_names
    assert len(catalogue.families) <= 10
    assert sum(len(metric.labels) for metric in catalogue.metrics.values()) <= 10
    (note,) = catalogue.notes
    assert note.startswith("it has more metrics or labels than are kept: ")
    assert str(catalogue.dropped_count) in note
    assert catalogue.dropped_count in {990, 1000}


def test_values_that_a_catalogue_has_no_room_for_may_be_any() -> None:
    catalogue = Catalogue(capacity=Capacity(value_bytes=10_000))
    text = "".join(f'a{number}{{b="{number}"}} 1\n' for number in range(1000))
    read_exposition(text.encode().splitlines(keepends=True), catalogue, "it")
    assert sum(len(metric.labels["b"].known_values) for metric in catalogue.metrics.values()) < 100
    assert catalogue.metrics["a999"].has_possible_match("b", "=", "anything")
    assert not catalogue.notes


def test_bounds_that_a_catalogue_has_no_room_for_are_left_out() -> None:
    catalogue = Catalogue(capacity=Capacity(value_bytes=10_000))
    text = "".join(f'a_bucket{{le="{number}"}} 1\n' for number in range(500))
    read_exposition(text.encode().splitlines(keepends=True), catalogue, "it")
    assert len(catalogue.metrics["a_bucket"].buckets) < 100
    assert catalogue.metrics["a_bucket"].has_possible_match("le", "=", "499")


def test_what_is_said_of_a_family_is_kept_as_far_as_there_is_room() -> None:
    text = f"# HELP a What it is\n# HELP b {'x' * 2000}\na 1\n"
    assert read_catalogue(text).help_texts == {"a": "What it is"}
    text = "# HELP a What it is\n# TYPE a counter\na_total 1\n# EOF\n"
    assert read_catalogue(text).help_texts == {"a": "What it is"}


def test_what_the_series_of_a_label_add_up_to_is_known_in_the_order_seen() -> None:
    text = 'a{b="z"} 1\na{b="y",c="1"} 2\na{b="z",c="1"} 3\na{b="x"} NaN\n'
    metric = read_catalogue(text).metrics["a"]
    assert [*metric.labels["b"].totals.items()] == [("z", 4.0), ("y", 2.0), ("x", 0.0)]
    assert (metric.lowest, metric.highest, metric.is_whole) == (1.0, 3.0, True)
