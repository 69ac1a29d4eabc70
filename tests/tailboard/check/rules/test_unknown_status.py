"""A status label whose values are of another protocol than the queries take them for."""

import pytest

from tailboard.alerts import rules_of
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups
from tailboard.check.engine import run_checks
from tailboard.check.evidence import build_evidence
from tailboard.check.rules import unknown_status
from tailboard.findings.finding import Finding
from tailboard.panels import Objectives, Service
from tailboard.panels.concept import REQUESTS
from tailboard.panels.conventions import PROMETHEUS_CLIENT
from tailboard.panels.statuses import Statuses, StatusGroup
from tailboard.queries.subject import Subject, build_rules_subject
from tests.convention_expositions import read_catalogue

GRPC = ("OK", "INTERNAL", "NOT_FOUND")


def list_findings(text: str, *subjects: Subject) -> list[Finding]:
    evidence = build_evidence(subjects, read_catalogue(text), "app")
    return list(run_checks(evidence, [unknown_status.CHECK]))


def build_query(expression: str) -> Subject:
    return build_rules_subject(
        [{"rules": [{"record": "a:b", "expr": expression}]}], "r.yaml", "r.yaml"
    )


def format_counter(*statuses: str) -> str:
    lines = [f'calls_total{{code="{status}"}} 1' for status in statuses]
    return "\n".join(["# TYPE calls_total counter", *lines, ""])


@pytest.mark.parametrize(
    ("matcher", "statuses", "protocol"),
    [
        ('code=~"5.."', GRPC, "HTTP"),
        ('code=~"5.*"', ("OK",), "HTTP"),
        (r'code=~"5\\d\\d"', ("0", "13"), "HTTP"),
        ('code="500"', GRPC, "HTTP"),
        ('code=~"INTERNAL|UNKNOWN"', ("200", "500"), "gRPC"),
        ('code="INTERNAL"', ("0", "13"), "gRPC"),
        ('code=~"|5.."', ("成功", 'a \\"b\\" {c}'), "HTTP"),
    ],
)
def test_a_filter_of_failures_that_no_status_can_ever_be_is_found(
    matcher: str, statuses: tuple[str, ...], protocol: str
) -> None:
    query = build_query(f"sum(rate(calls_total{{{matcher}}}[5m]))")
    (finding,) = list_findings(format_counter(*statuses), query)
    assert finding.severity == "warning"
    assert (finding.place.panel, finding.place.query) == ("calls_total", "code")
    assert f"no statuses of {protocol}," in finding.problem
    assert "in 1 panel or rule: r.yaml: a:b" in finding.problem


@pytest.mark.parametrize(
    ("matcher", "statuses"),
    [
        ('code=~"5.."', ("200",)),  # no such event yet
        ('code=~"5.."', ("404",)),
        ('code=~"5.."', ("2xx", "OK")),
        ('code!~"5.."', GRPC),
        ('code=~"O.*"', GRPC),
        ('code=~".+"', ("yes", "no")),
        ('code=~"failed|error"', ("done",)),  # nobody knows what else there is
        ('code=~"INTERNAL|UNKNOWN"', ("OK",)),
        ('other=~"5.."', GRPC),
        ('code=~"5.."', ()),
    ],
)
def test_what_may_be_right_is_left_alone(matcher: str, statuses: tuple[str, ...]) -> None:
    query = build_query(f"sum(rate(calls_total{{{matcher}}}[5m]))")
    assert list_findings(format_counter(*statuses) + "x 1\n", query) == []


def test_the_tip_says_what_to_declare() -> None:
    query = build_query('rate(calls_total{code=~"5.."}[5m])')
    (finding,) = list_findings(format_counter(*GRPC), query)
    assert "these are those of gRPC" in finding.tip
    (finding,) = list_findings(format_counter("yes"), query)
    assert "say in the convention what succeeds and what fails" in finding.tip


def test_the_statuses_of_a_service_of_ones_own_are_known() -> None:
    statuses = Statuses("x", successes=StatusGroup(("ok",)), failures=StatusGroup(("bad",)))
    convention = PROMETHEUS_CLIENT.evolve(statuses=statuses)
    objectives = Objectives(availability=0.99)
    rules = rules_of(Service("shop", {"job": "shop"}, convention, objectives))
    query = build_rules_subject(build_groups(rules, Addresses()), "shop", "shop.py")
    subject = Subject(query.place, query.json, rules=query.rules, statuses=(statuses,))
    name = convention.metrics[REQUESTS].name
    (finding,) = list_findings(f'{name}{{http_status="good"}} 1\n', subject)
    assert "no statuses of x," in finding.problem
    assert list_findings(f'{name}{{http_status="ok"}} 1\n', subject) == []


@pytest.mark.parametrize(
    ("matcher", "label", "values"),
    [('le="2"', "le", ("0.5", "2.0", "+Inf")), ('result="error"', "result", ("ok",))],
)
def test_bounds_and_other_programs_words_are_no_statuses(
    matcher: str, label: str, values: tuple[str, ...]
) -> None:
    lines = [f'calls_total{{{label}="{value}"}} 1' for value in values]
    query = build_query(f"sum(rate(calls_total{{{matcher}}}[5m]))")
    assert not list_findings("\n".join(["# TYPE calls_total counter", *lines, ""]), query)
