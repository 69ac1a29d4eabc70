"""What a convention calls a failure: declared once, read and named by everything."""

import re

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.alerts import rules_of
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups
from tailboard.alerts.runbook import render_runbook
from tailboard.alerts.unit_tests import build_unit_tests
from tailboard.dashboards import build_document
from tailboard.dashboards.library import build_library
from tailboard.panels import Convention, Objectives, Service, errors, promql, slo, traffic
from tailboard.panels.concept import DURATION, OUTGOING_DURATION, REQUESTS
from tailboard.panels.conventions import FLOWER, OTEL_HTTP_STABLE, PROMETHEUS_CLIENT
from tailboard.panels.conventions.buckets import CLIENT_DEFAULT
from tailboard.panels.definition_error import DefinitionError, MissingMetricError
from tailboard.panels.matcher import Matcher, add_empty, avoids, differs, equals, matches
from tailboard.panels.metric import Counter, Histogram, Role, Unit
from tailboard.panels.statuses import HTTP_STATUSES, Statuses, StatusGroup
from tests.panels.panel_contents import build_service, list_expressions, parse_expression

BANK = Statuses(
    "the bank",
    successes=StatusGroup(("done",)),
    failures=StatusGroup(("broken", "lost")),
    client_errors=StatusGroup(("refused",)),
)
LABELS = {Role.ROUTE: "operation", Role.METHOD: "kind"}
TRANSFERS = Convention(
    name="transfers",
    library="ours",
    metrics={
        REQUESTS: Counter(
            "transfers_total", labels={**LABELS, Role.STATUS: "outcome"}, statuses=BANK
        ),
        DURATION: Histogram(
            "transfer_duration_seconds", labels=LABELS, unit=Unit.SECONDS, buckets=CLIENT_DEFAULT
        ),
        OUTGOING_DURATION: Histogram(
            "calls_seconds",
            labels={Role.PEER: "peer", Role.STATUS: "outcome"},
            unit=Unit.SECONDS,
            buckets=CLIENT_DEFAULT,
            statuses=BANK,
        ),
    },
)
OBJECTIVES = Objectives(latency={0.99: 1.0}, availability=0.999)
PROMISING = Service("shop", {"job": "shop"}, TRANSFERS, OBJECTIVES)


def test_a_panel_selects_and_names_the_failures_that_the_convention_declares() -> None:
    panel = errors.ratio(build_service(TRANSFERS))
    (expression,) = list_expressions(panel)
    assert 'transfers_total{job="orders",outcome=~"broken|lost"}' in expression
    assert panel.title == "Failed call ratio (the bank)"
    assert "answered with broken or lost, of all" in panel.description
    assert panel.targets[0].legendFormat.endswith(" failed calls")
    assert errors.current(build_service(TRANSFERS)).title == "Failed calls (the bank)"


def test_mistakes_of_clients_are_apart_from_failures() -> None:
    panel = errors.client_ratio(build_service(TRANSFERS))
    (expression,) = list_expressions(panel)
    assert 'outcome=~"refused"' in expression
    assert "broken" not in expression
    assert panel.title == "Client error ratio (the bank)"


def test_a_convention_without_mistakes_of_clients_has_no_panel_of_them() -> None:
    statuses = Statuses("jobs", successes=StatusGroup(("ok",)), failures=StatusGroup(("bad",)))
    with pytest.raises(MissingMetricError, match="declare no client errors") as excinfo:
        errors.client_ratio(build_service(TRANSFERS.evolve(statuses=statuses)))
    assert "client_errors" in excinfo.value.tip


def test_nothing_that_is_built_speaks_of_http_where_the_convention_does_not() -> None:
    documents = [build_document(dashboard) for dashboard in build_library([PROMISING])]
    rules = rules_of(PROMISING)
    texts = [
        *map(str, documents),
        str(build_groups(rules, Addresses())),
        render_runbook(rules, Addresses()),
        str(build_unit_tests(rules, "x.yaml")),
    ]
    for text in texts:
        assert not re.search(r"[2-5]xx|[2-5]\.\.|\"[2-5]0\d\\?\"", text)
    assert all("broken or lost" in text for text in texts[-3:-1])
    assert "broken" in texts[-1]


@pytest.mark.parametrize("alert", ["ErrorRatioHigh", "OutgoingCallsFailing"])
def test_an_alert_reads_the_failures_and_says_which_they_are(alert: str) -> None:
    rule = next(rule for rule in rules_of(PROMISING).alerts if rule.name == alert)
    assert re.search(r'outcome=~"\|?broken\|lost"', rule.expression)
    assert "broken or lost" in rule.description


def test_an_objective_records_the_failures() -> None:
    recorded = [rule.expression for rule in rules_of(PROMISING).ratios]
    assert any('outcome=~"broken|lost"' in expression for expression in recorded)
    assert not any("5.." in expression for expression in recorded)


def test_the_promise_says_what_breaks_it() -> None:
    panel = slo.compliance(PROMISING)
    assert "Bad is what is answered with broken or lost." in panel.description


def test_statuses_have_the_colour_of_their_meaning() -> None:
    panel = traffic.by_status(build_service(TRANSFERS))
    legend_colors = {
        override["matcher"]["options"].strip("/"): override["properties"][0]["value"]["fixedColor"]
        for override in panel.overrides
    }
    expected = {"done": "green", "refused": "orange", "broken": "red", "lost": "red"}
    for status, color in expected.items():
        colors = [value for key, value in legend_colors.items() if re.search(key, f"x {status}")]
        assert colors == [color]
    assert not any(re.search(key, "x not_lost") for key in legend_colors)


def test_http_is_what_a_metric_has_that_declares_nothing() -> None:
    for convention in (PROMETHEUS_CLIENT, OTEL_HTTP_STABLE):
        assert convention.metrics[REQUESTS].statuses is HTTP_STATUSES
    assert errors.ratio(build_service(PROMETHEUS_CLIENT)).title == "Error ratio (5xx)"
    assert errors.client_ratio(build_service(PROMETHEUS_CLIENT)).title == "Client error ratio (4xx)"


def test_evolving_the_statuses_leaves_the_original_unchanged() -> None:
    changed = PROMETHEUS_CLIENT.evolve(statuses=BANK)
    assert changed.metrics[REQUESTS].statuses is BANK
    assert PROMETHEUS_CLIENT.metrics[REQUESTS].statuses is HTTP_STATUSES
    with pytest.raises(DefinitionError, match="'flower' has no requests that could have statuses"):
        FLOWER.evolve(statuses=BANK)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (((),), "a group of statuses has no value"),
        (("INTERNAL",), "the statuses 'INTERNAL' are not a tuple of strings"),
        ((["INTERNAL"],), "are not a tuple of strings"),
        (((13,),), "a status is 13, which is not a string"),
        ((("",),), "a status is empty"),
        ((("\ud800",),), "which holds half a character"),
        ((("500",), matches("5.."), 5), "the label of a group of statuses is 5"),
        ((("x",), matches("${env}|x")), "hold what Grafana takes for a variable"),
        ((("500",), matches("5(..")), "Prometheus refuses the pattern '5(..'"),
        ((("500",), matches("(?!2)..")), "RE2 has no (?!"),
        ((("500",), "5.."), "the matcher of a group of statuses is '5..'"),
        ((("500",), matches("4..")), "the status '500' is not one that =~'4..' selects"),
        ((("ok",), differs("ok")), "the status 'ok' is not one that !='ok' selects"),
    ],
)
def test_a_wrong_group_is_refused(arguments: tuple[object, ...], problem: str) -> None:
    with pytest.raises(DefinitionError) as excinfo:
        StatusGroup(*arguments)  # type: ignore[arg-type]
    assert problem in excinfo.value.problem
    assert excinfo.value.tip


@pytest.mark.parametrize(
    ("failures", "client_errors"),
    [
        (StatusGroup(("a", "b")), StatusGroup(("b",))),
        (StatusGroup(("x", "done")), None),
        (StatusGroup(("4",), matches("[345]")), StatusGroup(("5",))),
        (StatusGroup(("x",), differs("ok")), None),
    ],
)
def test_a_status_with_two_meanings_is_refused(
    failures: StatusGroup, client_errors: StatusGroup | None
) -> None:
    with pytest.raises(DefinitionError, match="has two meanings"):
        Statuses(
            "x",
            successes=StatusGroup(("done",)),
            failures=failures,
            client_errors=client_errors,
        )


def test_what_is_no_group_is_refused_with_the_group_to_write() -> None:
    with pytest.raises(DefinitionError, match="not a group") as excinfo:
        Statuses("x", successes=StatusGroup(("a",)), failures=("b", "c"))  # type: ignore[arg-type]
    assert excinfo.value.tip == "write StatusGroup(('b', 'c'))."


@pytest.mark.parametrize("failures", [None, "b", 5])
def test_statuses_without_failures_are_refused(failures: object) -> None:
    with pytest.raises(DefinitionError, match="which is not a group"):
        Statuses("x", StatusGroup(("a",)), failures)  # type: ignore[arg-type]


def test_what_are_no_statuses_is_refused_in_the_name_of_the_metric() -> None:
    with pytest.raises(DefinitionError, match="the statuses of 'calls_total' are 'gRPC'"):
        Counter("calls_total", statuses="gRPC")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "problem"),
    [(" ", "without a name"), (None, "not a string"), (5, "not a string"), ("\ud800", "half a")],
)
def test_statuses_without_a_name_are_refused(name: str, problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        Statuses(name, successes=StatusGroup(("a",)), failures=StatusGroup(("b",)))


def test_everything_but_success_may_be_a_failure() -> None:
    failures = StatusGroup(("error",), differs("done"))
    statuses = Statuses("x", successes=StatusGroup(("done",)), failures=failures)
    panel = errors.ratio(build_service(TRANSFERS.evolve(statuses=statuses)))
    assert 'outcome!="done"' in list_expressions(panel)[0]
    assert "answered with what !='done' selects" in panel.description
    assert traffic.by_status(build_service(TRANSFERS.evolve(statuses=statuses))).overrides


@pytest.mark.parametrize(
    ("matcher", "expected"),
    [
        (equals("a.b"), matches(r"|a\.b")),
        (matches("5..|6"), matches("|5..|6")),
        (differs("ok"), differs("ok")),
        (avoids("ok|fine"), avoids("ok|fine")),
    ],
)
def test_a_call_without_an_answer_has_failed_too(matcher: Matcher, expected: Matcher) -> None:
    assert add_empty(matcher) == expected


STATUS_TEXT = st.text(min_size=1).filter(lambda text: not re.search(r"\$\{?\w", text))


@given(st.lists(STATUS_TEXT, min_size=2, max_size=4, unique=True))
def test_any_text_may_be_a_status(values: list[str]) -> None:
    """Quotes, braces, dots, spaces, Chinese: the query parses and selects these and no others."""
    statuses = Statuses(
        "ours", successes=StatusGroup(tuple(values[:1])), failures=StatusGroup(tuple(values[1:]))
    )
    assert all(statuses.failures.has_value(value) for value in values[1:])
    assert not statuses.failures.has_value(values[0])
    convention = TRANSFERS.evolve(statuses=statuses)
    service = build_service(convention)
    for panel in (errors.ratio(service), errors.by_route(service), traffic.by_status(service)):
        for expression in list_expressions(panel):
            parse_expression(expression)
    selection = service.select_concept(REQUESTS, "x").filter_failures("x")
    assert promql_parser.parse(promql.select_series(selection))
