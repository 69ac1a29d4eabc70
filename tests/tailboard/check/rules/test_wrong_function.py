"""Functions that do not suit the type of a metric, as a program tells it."""

import pytest

from tailboard.check.engine import run_checks
from tailboard.check.evidence import build_evidence
from tailboard.check.rules import wrong_function
from tailboard.queries.subject import build_rules_subject
from tests.convention_expositions import read_catalogue

EXPOSITION = """# TYPE room gauge
room 4
# TYPE unapplied_total gauge
unapplied_total 2
# TYPE hits_total counter
hits_total 9
# TYPE rpc_seconds summary
rpc_seconds{quantile="0.99"} 0.4
rpc_seconds_sum 12
rpc_seconds_count 90
# TYPE took_seconds histogram
took_seconds_bucket{le="+Inf"} 1
took_seconds_sum 1
took_seconds_count 1
other 1
"""


def list_findings(expression: str, text: str = EXPOSITION) -> list[tuple[str, str]]:
    rules = [{"record": "a:b", "expr": expression}]
    subject = build_rules_subject([{"rules": rules}], "r.yaml", "r.yaml")
    evidence = build_evidence([subject], read_catalogue(text), "app")
    findings = run_checks(evidence, [wrong_function.CHECK])
    return [(finding.severity, finding.problem) for finding in findings]


@pytest.mark.parametrize(
    ("expression", "severity", "problem"),
    [
        ("rate(room[5m])", "error", "rate() of a gauge"),
        ("sum(irate(room[5m]))", "error", "irate() of a gauge"),
        ("increase(unapplied_total[5m])", "warning", "increase() of a gauge"),
        ("delta(hits_total[5m])", "error", "delta() of a counter"),
        ("deriv(took_seconds_count[5m])", "error", "deriv() of a counter"),
        ('rate(rpc_seconds{quantile="0.99"}[5m])', "error", "rate() of a percentile of a summary"),
    ],
)
def test_a_function_for_another_type_is_found(expression: str, severity: str, problem: str) -> None:
    description = f"{problem}, in 1 panel or rule: r.yaml: a:b"
    assert list_findings(expression) == [(severity, description)]


@pytest.mark.parametrize(
    "expression",
    [
        "rate(hits_total[5m])",
        "delta(room[5m])",
        "avg_over_time(room[5m])",
        "room - room offset 5m",
        "rate(rpc_seconds_count[5m])",
        "rate(rpc_seconds_sum[5m])",
        "rate(took_seconds_bucket[5m])",
        "rate(other[5m])",
        "rate(absent[5m])",
        "rate(sum(room)[5m:1m])",
        "histogram_quantile(0.9, rate(room[5m]))",
    ],
)
def test_a_function_that_suits_or_whose_type_is_unknown_is_not(expression: str) -> None:
    assert list_findings(expression) == []


def test_openmetrics_calls_the_family_of_a_counter_without_its_suffix() -> None:
    text = "# TYPE hits counter\nhits_total 9\n# EOF\n"
    assert list_findings("delta(hits_total[5m])", text)
    assert not list_findings("rate(hits_total[5m])", text)
