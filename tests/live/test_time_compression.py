"""The helper that compresses rules in time, so that a live test need not wait for hours."""

import runpy
from pathlib import Path

import pytest
import yaml

from demo.configuration import DEMO
from tailboard.alerts import rules_of
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups
from tests.alerts.sample_services import run_promtool
from tests.live.time_compression import (
    UnsupportedRuleError,
    compress_duration,
    compress_expression,
    compress_groups,
)
from tests.required_programs import require_programs

QUOTED = '{le=~"1([.]0)?",b="[5m] offset 1d \\"[5m]"}'
DEFINITIONS = DEMO.parent / "definitions" / "orders.py"


@pytest.mark.parametrize(
    ("text", "shorter"), [("5m", "10000ms"), ("1h", "120000ms"), ("30d", "86400000ms")]
)
def test_a_duration_is_divided(text: str, shorter: str) -> None:
    assert compress_duration(text, 30) == shorter


def test_a_duration_never_becomes_nothing() -> None:
    assert compress_duration("1ms", 30) == "1ms"


@pytest.mark.parametrize(
    ("expression", "shorter"),
    [
        ("rate(requests_total[5m])", "rate(requests_total[10000ms])"),
        ("sum(rate(a[5m] offset 1h))", "sum(rate(a[10000ms] offset 120000ms))"),
        ("a + b offset 1d", "a + b offset 2880000ms"),
        (f"a{QUOTED}[1m]", f"a{QUOTED}[2000ms]"),
        ("time() - (done > 0) > 86400", "time() - (done > 0) > 86400"),
    ],
)
def test_ranges_and_offsets_are_shorter_and_the_rest_stays(expression: str, shorter: str) -> None:
    assert compress_expression(expression, 30) == shorter


@pytest.mark.parametrize(
    ("guard", "of_as_many"),
    [
        ("(sum(job:requests:rate5m) >= 0.05)", "(sum(job:requests:rate5m) >= 1.5)"),
        ("(rate(a[5m]) > 0.005)", "(rate(a[10000ms]) > 0.15)"),
        ('(job:bad:rate2h{a="b"} > 7e-05)', '(job:bad:rate2h{a="b"} > 0.0021)'),
        ('(max(up{job="a"}) > 0)', '(max(up{job="a"}) > 0)'),
        ("((job:bad:ratio_rate5m / 0.1) > 3)", "((job:bad:ratio_rate5m / 0.1) > 3)"),
        ("(rate(a[5m]) / rate(b[5m]) > 5)", "(rate(a[10000ms]) / rate(b[10000ms]) > 5)"),
        ("(job:bad:chance5m < 0.0001)", "(job:bad:chance5m < 0.0001)"),
        ("(queue_length > 5)", "(queue_length > 5)"),
    ],
)
def test_a_guard_wants_as_many_events_in_the_shorter_window(guard: str, of_as_many: str) -> None:
    compressed = compress_expression(
        f"(a > 1) and on (b, c) {guard} and on () (d:rate5m > 0.1)", 30
    )
    assert compressed == f"(a > 1) and on (b, c) {of_as_many} and on () (d:rate5m > 3)"


@pytest.mark.parametrize(
    ("expression", "shorter"),
    [
        ("exp(-(a:rate5m * 300) * 2)", "exp(-(a:rate5m * 10) * 2)"),
        ("sum(rate(a[1h])) + sum(b:first_values5m) / 3600", "120"),
        ("0.01 * sum(a:rate5m)", "0.01 * sum(a:rate5m)"),
        ("a:ratio_rate5m / 0.001", "a:ratio_rate5m / 0.001"),
    ],
)
def test_a_number_of_seconds_is_divided(expression: str, shorter: str) -> None:
    assert compress_expression(expression, 30).endswith(shorter)


@pytest.mark.parametrize(
    "expression",
    [
        "rate(a[1h30m])",
        "rate(a[5m:1m])",
        "rate(a[5m:])",
        "a offset -5m",
        "a @ 1700000000",
        "rate(a{b='c'}[5m])",
        "a{b=`c`}",
        "(sum(rate(a[5m])) + sum(rate(b[5m]))) > 5",
        "a:rate5m + b:rate5m * 300",
    ],
)
def test_what_it_does_not_understand_it_refuses(expression: str) -> None:
    with pytest.raises(UnsupportedRuleError):
        compress_expression(expression, 30)


@pytest.mark.parametrize(
    "group",
    [
        {"name": "a", "query_offset": "1m", "rules": []},
        {"name": "a", "rules": [{"record": "b", "expr": "c", "limit": 3}]},
        {"name": "a", "interval": "1m30s", "rules": []},
    ],
)
def test_a_group_with_unknown_fields_is_refused(group: dict[str, object]) -> None:
    with pytest.raises(UnsupportedRuleError):
        compress_groups([group], 30)


def test_a_rule_keeps_its_words_and_waits_less() -> None:
    rule = {"alert": "A", "expr": "a == 0", "for": "2m", "labels": {"window": "1h"}}
    longer_rule = {**rule, "keep_firing_for": "5m", "annotations": {"summary": "in 1h"}}
    compressed = compress_groups([{"name": "all", "interval": "1m", "rules": [longer_rule]}], 30)
    shorter = {**longer_rule, "for": "4000ms", "keep_firing_for": "10000ms"}
    assert compressed == [{"name": "all", "interval": "2000ms", "rules": [shorter]}]


def test_prometheus_accepts_the_hurried_rules_of_every_service(tmp_path: Path) -> None:
    promtools = require_programs("promtool", "prometheus")
    for service in runpy.run_path(str(DEFINITIONS))["services"]:
        compressed = compress_groups(build_groups(rules_of(service), Addresses()), 30)
        path = tmp_path / f"{service.slug}.yaml"
        path.write_text(yaml.safe_dump({"groups": compressed}))
        for promtool in promtools:
            assert not run_promtool(promtool, "check", "rules", path)
        assert "[5m]" not in path.read_text()
