"""A service's rules: what it gets, what it may change, and what it is told about them."""

import re
from dataclasses import replace
from typing import Any

import pytest

from tailboard.alerts import AlertRule, rules_of
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups, describe_missing_links
from tailboard.alerts.rule_set import RuleSet
from tailboard.dashboards import Dashboard, Row
from tailboard.panels import Objectives, Service, every_service, health, latency, matches
from tailboard.panels.concept import DURATION, IN_FLIGHT, OVERALL_DURATION, REQUESTS
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import (
    DJANGO_PROMETHEUS,
    FASTAPI_INSTRUMENTATOR,
    OTEL_HTTP_OLD,
    PROMETHEUS_CLIENT,
    PROMETHEUS_CLIENT_JOBS,
    PUSHGATEWAY_JOBS,
    REDIS_EXPORTER,
)
from tailboard.panels.definition_error import DefinitionError
from tests.alerts.sample_services import build_service, list_alert_rules

OWN_RULE = AlertRule(
    name="OrdersMissing",
    expression='sum(rate(orders_created_total{job="orders-api"}[5m])) == 0',
    severity="critical",
    signal="errors",
    lasting="10m",
    summary="Nobody orders",
    description="No order was created for ten minutes. Look first at the checkout.",
)


def build_orders_service(
    objectives: Objectives, convention: Convention = PROMETHEUS_CLIENT
) -> Service:
    return Service("orders", {"job": "orders-api"}, convention, objectives)


def list_rule_names(service: Service) -> set[str]:
    return {rule.name for rule in rules_of(service).alerts}


# What a service gets.


def test_a_service_gets_the_rules_that_its_metrics_can_feed() -> None:
    up = {"AllInstancesDown", "TargetAbsent", "InstanceDown", "SeriesExploding", "ScrapeSlow"}
    assert list_rule_names(build_orders_service(Objectives())) == up | {
        *("RestartLoop", "ErrorRatioHigh", "RequestsPilingUp", "DatabaseQueriesSlow"),
        *("OpenFilesNearLimit", "PercentileUnknown"),
    }
    assert list_rule_names(build_orders_service(Objectives(), PUSHGATEWAY_JOBS)) == {
        *("JobNotRun", "JobNotSucceeded", "PushFailed")
    }
    assert list_rule_names(build_orders_service(Objectives(), REDIS_EXPORTER)) == up | {
        *("DependencyDown", "RedisMemoryNearlyFull")
    }
    assert {"BacklogTooLong", "TasksFailing"} <= list_rule_names(
        build_orders_service(Objectives(), PROMETHEUS_CLIENT_JOBS)
    )


def test_promises_bring_their_rules() -> None:
    promised = list_rule_names(
        build_orders_service(Objectives(latency={0.99: 1.0}, availability=0.999))
    )
    assert promised - list_rule_names(build_orders_service(Objectives())) == {
        "LatencyAboveObjective",
        "ErrorBudgetBurn",
    }


def test_every_alert_says_who_suffers_what_and_where_to_look() -> None:
    for rule in rules_of(build_service(PROMETHEUS_CLIENT)).alerts:
        for text in (rule.summary, rule.description):
            assert text == text.strip()
            assert "  " not in text
        assert "orders" in rule.summary + rule.description
        assert "Look first" in rule.description or "EXPLAIN" in rule.description
        assert rule.description.endswith(".")


def test_an_alert_leads_to_its_runbook_and_to_the_very_panel() -> None:
    addresses = Addresses("https://grafana.example.org/x/", "https://wiki/{service}/{alert}")
    for rule in list_alert_rules(rules_of(build_service(PROMETHEUS_CLIENT)), addresses):
        assert rule["labels"]["service"] == "orders"
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["labels"]["signal"]
        annotations = rule["annotations"]
        assert annotations["runbook_url"] == f"https://wiki/orders/{rule['alert']}"
        assert re.fullmatch(
            r"https://grafana\.example\.org/x/d/orders-[a-z]+\?viewPanel=[^&]+"
            r"&from=now-\d+[hd]&to=now(&var-instance=\{\{ \$labels\.instance \| urlquery \}\})?",
            annotations["dashboard_url"],
        )


def test_without_an_address_an_alert_has_no_link() -> None:
    rules = rules_of(build_service(PROMETHEUS_CLIENT))
    for addresses, names in (
        (Addresses(), set()),
        (Addresses(grafana_url="https://grafana.example.org"), {"dashboard_url"}),
        (Addresses(runbook_template="https://wiki/{alert}"), {"runbook_url"}),
    ):
        for rule in list_alert_rules(rules, addresses):
            assert set(rule["annotations"]) == {"summary", "description", *names}


@pytest.mark.parametrize(
    ("addresses", "settings"),
    [
        (Addresses(), "grafana_url and runbook_url"),
        (Addresses(grafana_url="https://grafana.example.org"), "runbook_url"),
        (Addresses(runbook_template="https://wiki/{alert}"), "grafana_url"),
    ],
)
def test_missing_links_are_described_once_for_all_services(
    addresses: Addresses, settings: str
) -> None:
    rule_sets = [rules_of(build_service(PROMETHEUS_CLIENT, name)) for name in ("orders", "carts")]
    assert describe_missing_links(rule_sets, addresses).startswith(f"set {settings}, so that")


def test_nothing_is_missing_where_every_address_is_known_or_nothing_alerts() -> None:
    rules = rules_of(build_service(PROMETHEUS_CLIENT))
    linked = Addresses("https://grafana.example.org", "https://wiki/{alert}")
    assert not describe_missing_links([rules], linked)
    assert not describe_missing_links([], Addresses())


def test_an_alert_of_one_instance_chooses_it_on_the_dashboard() -> None:
    rules = rules_of(build_service(PROMETHEUS_CLIENT))
    alert_rules = list_alert_rules(rules, Addresses("https://grafana.example.org"))
    urls = {rule["alert"]: rule["annotations"]["dashboard_url"] for rule in alert_rules}
    instance_rules = {name for name, url in urls.items() if "var-instance" in url}
    assert instance_rules == {
        "InstanceDown",
        "RestartLoop",
        "RequestsPilingUp",
        "OpenFilesNearLimit",
    }


def test_the_panels_of_a_users_own_dashboard_are_linked_to() -> None:
    service = build_orders_service(Objectives(latency={0.99: 1.0}))
    dashboard = Dashboard("Mine", uid="mine", rows=[Row("R", [latency.percentiles(service)])])
    rules = rules_of(service, dashboards=[dashboard])
    linked = {
        rule.name: link.uid for rule, link in zip(rules.alerts, rules.links, strict=True) if link
    }
    assert linked == {"LatencyAboveObjective": "mine"}


def test_a_rule_that_makes_others_redundant_shares_their_signal() -> None:
    promised = rules_of(build_service(PROMETHEUS_CLIENT)).alerts
    signals = {(rule.name, rule.signal, rule.severity) for rule in promised}
    for name, signal in (
        ("ErrorBudgetBurn", "errors"),
        ("ErrorBudgetBurn", "latency"),
        ("OpenFilesNearLimit", "saturation"),
    ):
        assert {(name, signal, "critical"), (name, signal, "warning")} <= signals
    assert {rule.signal for rule in promised if "Down" in rule.name or "Absent" in rule.name} == {
        "up"
    }


def test_one_outage_has_one_page_and_the_rest_are_tickets() -> None:
    """The budget of the availability pages; without one, the ratio of errors does."""
    promised = rules_of(build_orders_service(Objectives(availability=0.999))).alerts
    unpromised = rules_of(build_orders_service(Objectives())).alerts
    for rules, page in ((promised, "ErrorBudgetBurn"), (unpromised, "ErrorRatioHigh")):
        about_errors = [rule for rule in rules if rule.signal == "errors"]
        assert [rule.name for rule in about_errors if rule.severity == "critical"] == [page]
        assert {rule.name for rule in about_errors if rule.severity == "warning"} >= {
            "ErrorRatioHigh"
        }


def test_no_two_rules_make_the_same_alert() -> None:
    alert_rules = list_alert_rules(rules_of(build_service(PROMETHEUS_CLIENT)))
    rule_labels = [(rule["alert"], *sorted(rule["labels"].items())) for rule in alert_rules]
    assert len(set(rule_labels)) == len(rule_labels)


# What it may change.


def test_a_silenced_rule_is_gone_and_the_reason_is_kept() -> None:
    rules = rules_of(build_orders_service(Objectives())).silence(
        "RestartLoop", because="deployed all the time"
    )
    assert "RestartLoop" not in {rule.name for rule in rules.alerts}
    assert len(rules.alerts) == len(rules.links)
    assert rules.notes[-1] == "RestartLoop is silenced: deployed all the time"


def test_a_changed_rule_keeps_what_was_not_changed() -> None:
    before = rules_of(build_orders_service(Objectives()))
    after = before.change("InstanceDown", lasting="10m", severity="critical")
    (rule,) = [rule for rule in after.alerts if rule.name == "InstanceDown"]
    (old,) = [rule for rule in before.alerts if rule.name == "InstanceDown"]
    assert (rule.lasting, rule.severity) == ("10m", "critical")
    assert (rule.expression, rule.summary) == (old.expression, old.summary)
    assert [other_rule for other_rule in after.alerts if other_rule is not rule] == [
        rule for rule in before.alerts if rule is not old
    ]


def test_an_added_rule_stands_beside_the_others() -> None:
    rules = rules_of(build_orders_service(Objectives())).add(OWN_RULE)
    [*_, alerts] = build_groups(rules, Addresses())
    rule = alerts["rules"][-1]
    assert (rule["alert"], rule["for"], rule["labels"]["service"]) == (
        *("OrdersMissing", "10m", "orders"),
    )


def test_an_added_rule_may_have_a_panel() -> None:
    rules = rules_of(build_orders_service(Objectives())).add(replace(OWN_RULE, panel=health.up))
    assert rules.links[-1]
    assert rules.links[-1].uid == "orders-overview"


@pytest.mark.parametrize(
    ("wrong", "problem", "tip"),
    [
        (
            lambda rules: rules.silence("RestartLop", because="x"),
            "no rule 'RestartLop'",
            "RestartLoop",
        ),
        (lambda rules: rules.silence("RestartLoop", because=" "), "without a reason", "because="),
        (lambda rules: rules.change("Nothing", lasting="1m"), "no rule 'Nothing'", "choose one of"),
        (
            lambda rules: rules.change("InstanceDown", limit=3),
            "'limit'",
            "objectives of the service",
        ),
        (lambda rules: rules.change("InstanceDown", lasting="soon"), "not a duration", "2m"),
        (
            lambda rules: rules.change("InstanceDown", severity="page"),
            "severity of 'page'",
            "critical",
        ),
        (lambda rules: rules.change("InstanceDown", summary=" "), "no summary", "who is affected"),
        (
            lambda rules: rules.change("InstanceDown", labels={"team": 3}),
            "'team' is 3",
            "in quotes",
        ),
        (
            lambda rules: rules.change("InstanceDown", labels={"a-b": "c"}),
            "not a label name",
            "letters",
        ),
        (
            lambda rules: rules.change("InstanceDown", lasting="5m").add(
                replace(OWN_RULE, expression="rate(x[$__rate_interval]) > 0")
            ),
            "a variable of Grafana",
            "[5m]",
        ),
    ],
)
def test_a_wrong_change_is_refused_with_the_way_out(wrong: Any, problem: str, tip: str) -> None:
    with pytest.raises(DefinitionError) as excinfo:
        wrong(rules_of(build_orders_service(Objectives())))
    assert problem in excinfo.value.problem
    assert tip in excinfo.value.tip


# What it is told.


def test_a_latency_beyond_the_largest_bucket_is_refused_since_it_would_never_fire() -> None:
    with pytest.raises(DefinitionError) as excinfo:
        rules_of(build_orders_service(Objectives(latency={0.99: 10.0})))
    assert "P99 within 10 s would never fire" in excinfo.value.problem
    assert "http_request_duration_seconds ends at 10 s" in excinfo.value.problem
    assert "promise less than 10 s" in excinfo.value.tip
    assert excinfo.value.location == ("the rules of 'orders'",)


def test_a_latency_between_two_buckets_is_admitted_in_the_alert_and_to_the_user() -> None:
    rules = rules_of(build_orders_service(Objectives(latency={0.95: 1.5})))
    text = "lies between the buckets 1 and 2.5 of http_request_duration_seconds"
    assert any(text in note for note in rules.notes)
    assert any("counts a request as slow beyond 2.5s" in note for note in rules.notes)
    (rule,) = [rule for rule in rules.alerts if rule.name == "LatencyAboveObjective"]
    assert text in rule.description


def test_a_latency_at_a_bucket_needs_no_excuse() -> None:
    for convention in (PROMETHEUS_CLIENT, OTEL_HTTP_OLD):
        rules = rules_of(build_orders_service(Objectives(latency={0.95: 0.5}), convention))
        assert not rules.notes
        (rule,) = [rule for rule in rules.alerts if rule.name == "LatencyAboveObjective"]
        assert "lies between" not in rule.description


def test_a_latency_smaller_than_every_bucket_is_admitted() -> None:
    rules = rules_of(build_orders_service(Objectives(latency={0.5: 0.001})))
    assert any("lies between the buckets 0 and 0.005" in note for note in rules.notes)


def test_native_histograms_know_every_latency() -> None:
    service = Service(
        *("orders", {"job": "orders-api"}, PROMETHEUS_CLIENT),
        Objectives(latency={0.99: 17.3}),
        histograms="native",
    )
    assert not rules_of(service).notes


def test_buckets_too_coarse_for_a_percentile_leave_the_budget_to_watch() -> None:
    coarse = FASTAPI_INSTRUMENTATOR.evolve(metrics={OVERALL_DURATION: None})
    rules = rules_of(build_orders_service(Objectives(latency={0.99: 0.5}), coarse))
    names = {rule.name for rule in rules.alerts}
    assert "LatencyAboveObjective" not in names
    assert "ErrorBudgetBurn" in names
    assert any("too coarse for P99" in note for note in rules.notes)


@pytest.mark.parametrize(
    ("objectives", "concept", "title"),
    [
        (Objectives(latency={0.99: 1.0}), DURATION, "P99 within 1 s"),
        (Objectives(availability=0.999), REQUESTS, "Availability 99.9 %"),
    ],
)
def test_a_promise_that_no_metric_can_tell_about_is_refused(
    objectives: Objectives, concept: Any, title: str
) -> None:
    blind = PROMETHEUS_CLIENT.evolve(metrics={concept: None})
    with pytest.raises(DefinitionError) as excinfo:
        rules_of(build_orders_service(objectives, blind))
    assert f"promises {title!r}" in excinfo.value.problem
    assert "take the objective away, or expose" in excinfo.value.tip


def test_an_availability_of_requests_without_a_status_is_refused() -> None:
    from tailboard.panels.metric import Role

    blind = replace(
        PROMETHEUS_CLIENT.metrics[REQUESTS],
        labels={Role.ROUTE: "endpoint"},
    )
    with pytest.raises(DefinitionError, match="no label for the status"):
        rules_of(
            build_orders_service(
                Objectives(availability=0.999), PROMETHEUS_CLIENT.evolve(metrics={REQUESTS: blind})
            )
        )


def test_a_rule_without_its_metric_is_left_out() -> None:
    blind = PROMETHEUS_CLIENT.evolve(metrics={IN_FLIGHT: None})
    assert "RequestsPilingUp" not in list_rule_names(build_orders_service(Objectives(), blind))


def test_a_burn_rate_that_cannot_be_reached_is_left_out_and_said() -> None:
    rules = rules_of(build_orders_service(Objectives(availability=0.9)))
    limits = [rule.limit for rule in rules.alerts if rule.name == "ErrorBudgetBurn"]
    assert limits == [(6, 5.5), (3, 1)]
    assert any("cannot burn 14.4 times" in note for note in rules.notes)


def test_an_outage_pages_however_little_is_promised() -> None:
    rules = rules_of(build_orders_service(Objectives(availability=0.1)))
    limits = [rule.limit for rule in rules.alerts if rule.name == "ErrorBudgetBurn"]
    assert limits == [(1.056,), (1,)]


def _list_intervals(rules: RuleSet) -> dict[str, str]:
    """How often each rule is evaluated, where its group says so."""
    return {
        str(rule.get("record") or rule.get("alert")): group["interval"]
        for group in build_groups(rules, Addresses())
        for rule in group["rules"]
        if "interval" in group
    }


def test_the_ratio_over_an_objectives_window_is_computed_less_often_than_what_alerts_read() -> None:
    """Each computation reads the whole window; no alert waits for it, and panels show no gap."""
    intervals = _list_intervals(rules_of(build_orders_service(Objectives(availability=0.999))))
    budget_names = {name for name, interval in intervals.items() if interval == "4m"}
    assert budget_names == {"service_objective:bad_requests:ratio_rate30d"}
    assert {interval for name, interval in intervals.items() if name not in budget_names} == {"1m"}


@pytest.mark.parametrize("window", ["6h", "3d"])
def test_a_window_that_alerts_read_is_computed_every_minute(window: str) -> None:
    objectives = Objectives(availability=0.999, window=window)
    intervals = _list_intervals(rules_of(build_orders_service(objectives)))
    assert set(intervals.values()) == {"1m"}


def test_an_error_ratio_that_cannot_be_reached_has_no_alert() -> None:
    rules = rules_of(build_orders_service(Objectives(error_ratio=0.25)))
    limits = [rule.limit for rule in rules.alerts if rule.name == "ErrorRatioHigh"]
    assert limits == [0.25]


def test_a_service_chosen_by_a_variable_has_no_rules() -> None:
    with pytest.raises(DefinitionError) as excinfo:
        rules_of(every_service(DJANGO_PROMETHEUS))
    assert "a variable of Grafana" in excinfo.value.problem
    assert 'selector={"job": "orders-api"}' in excinfo.value.tip


def test_the_end_of_a_pattern_is_no_variable() -> None:
    service = Service("orders", {"job": matches("orders-.*$")}, PROMETHEUS_CLIENT)
    assert rules_of(service).alerts


def test_services_told_apart_by_a_label_have_an_alert_each() -> None:
    service = Service(
        *("shops", {"job": "shop"}, PROMETHEUS_CLIENT),
        Objectives(availability=0.99),
        by=("region",),
    )
    rules = rules_of(service)
    assert "service_region_objective:bad_requests:ratio_rate1h" in {
        rule.name for rule in rules.ratios
    }
    (rule, *_) = [rule for rule in rules.alerts if rule.name == "ErrorRatioHigh"]
    assert "sum by (region)" in rule.expression
    assert "and on (region)" in rule.expression


def test_both_rules_about_a_late_job_call_it_by_one_label() -> None:
    """`job` of a push and `job_name` of its metrics are the same job: one inhibits the other."""
    rules = rules_of(build_orders_service(Objectives(), PUSHGATEWAY_JOBS)).alerts
    called = {rule.name: rule.labels["batch_job"] for rule in rules if rule.name != "PushFailed"}
    assert called == {
        "JobNotRun": "{{ $labels.job }}",
        "JobNotSucceeded": "{{ $labels.job_name }}",
    }
