"""How a service's rules become Grafana-managed alert rules."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest
import yaml

from tailboard.alerts import AlertRule, RuleSet, rules_of
from tailboard.alerts.groups import Addresses, build_groups
from tailboard.panels import Objectives, Service, health
from tailboard.panels.conventions import (
    PROMETHEUS_CLIENT,
    PROMETHEUS_CLIENT_JOBS,
    PUSHGATEWAY_JOBS,
    STARLETTE_EXPORTER,
)
from tailboard.publish.formats import FORMATS, File, FormatOptions
from tailboard.publish.formats.alerting import (
    FORMAT,
    UNKNOWN_VALUE_TEXT,
    build_rule_uid,
    translate_template,
)
from tailboard.publish.formats.provisioning import FORMAT as PROVISIONING
from tests.publish.workshop import Workshop

ORDERS = Service(
    "orders",
    {"job": "orders-api"},
    PROMETHEUS_CLIENT,
    objectives=Objectives(latency={0.95: 0.5, 0.99: 1.0}, availability=0.999),
)
SERVICES = (
    ORDERS,
    Service("orders worker", {"job": "orders-worker"}, PROMETHEUS_CLIENT_JOBS),
    Service("reports", {"job": "nightly-report"}, PUSHGATEWAY_JOBS),
    Service("shop, where everybody buys everything", {"job": "shop"}, STARLETTE_EXPORTER),
)
SURROUNDINGS = FormatOptions(addresses=Addresses("https://grafana.example", "https://wiki/{alert}"))

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TEXT = {"summary": "It is so", "description": "Look at it."}


def rule(name: str = "Own", expression: str = "up == 0", **fields: Any) -> AlertRule:
    """A rule of somebody's own."""
    made: dict[str, Any] = {
        **{"severity": "warning", "signal": "up", "lasting": "2m"},
        **TEXT,
        **fields,
    }
    return AlertRule(name=name, expression=expression, **made)


@cache
def orders() -> RuleSet:
    return rules_of(ORDERS)


def file_of(rules: RuleSet) -> File:
    (made,) = FORMAT.rule_files(rules, SURROUNDINGS)
    return made


def group_of(rules: RuleSet) -> Any:
    content = yaml.load(file_of(rules).content, LOADER)
    assert content["apiVersion"] == 1
    (group,) = content["groups"]
    return group


def own(*rules: AlertRule) -> list[Any]:
    """Some rules of somebody's own, as Grafana is given them."""
    made: list[Any] = group_of(orders().add(*rules))["rules"]
    return made[-len(rules) :]


@cache
def everything() -> list[Any]:
    return [it for service in SERVICES for it in group_of(rules_of(service))["rules"]]


def comments(rules: RuleSet) -> str:
    lines = file_of(rules).content.decode().splitlines()
    return "\n".join(line for line in lines if line.startswith("#"))


def test_the_format_is_the_last_of_the_list() -> None:
    assert FORMATS[-1] is FORMAT


def test_the_file_lies_in_the_tree_that_grafana_is_provisioned_with() -> None:
    made = file_of(rules_of(SERVICES[1]))
    assert str(made.path) == "provisioning/alerting/tailboard-orders-worker.yaml"
    assert {it.path.parts[0] for it in PROVISIONING.shared_files(SURROUNDINGS)} == {
        made.path.parts[0]
    }


def test_building_it_writes_one_file_for_each_service(workshop: Workshop) -> None:
    workshop.write(
        "shop.py",
        """
        from tailboard.panels import Service
        from tailboard.panels.conventions import PROMETHEUS_CLIENT, PUSHGATEWAY_JOBS

        services = [
            Service("orders", {"job": "orders-api"}, PROMETHEUS_CLIENT),
            Service("reports", {"job": "nightly-report"}, PUSHGATEWAY_JOBS),
        ]
        """,
    )
    workshop.build("shop.py", "--format", "alerting")
    found = {it.name for it in (workshop.root / "dist/provisioning/alerting").iterdir()}
    assert found == {"tailboard-orders.yaml", "tailboard-reports.yaml"}


def test_a_service_without_alerts_has_no_file() -> None:
    rules = rules_of(SERVICES[2])
    for name in {it.name for it in rules.alerts}:
        rules = rules.silence(name, because="nobody asked")
    assert not list(FORMAT.rule_files(rules, SURROUNDINGS))


@pytest.mark.parametrize("service", SERVICES, ids=lambda it: it.slug)
def test_every_alert_rule_is_there_in_its_order(service: Service) -> None:
    rules = rules_of(service)
    group = group_of(rules)
    for made, asked in zip(group["rules"], rules.alerts, strict=True):
        assert f": {asked.name}" in made["title"]
        assert made["for"] == asked.lasting
        assert made.get("keepFiringFor", "") == asked.keep_firing
        assert made["labels"]["severity"] == asked.severity
        assert made["labels"]["service"] == service.slug


def test_a_uid_is_one_that_grafana_takes() -> None:
    for made in everything():
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,40}", made["uid"])


def test_no_two_rules_of_several_services_share_uid_or_title() -> None:
    made = everything()
    assert len(made) > 40
    assert len({it["uid"] for it in made}) == len(made)
    assert len({it["title"] for it in made}) == len(made)


def test_long_names_are_told_apart_after_the_fortieth_character() -> None:
    title = "a-service-with-quite-a-long-name: AnAlertWithQuiteALongName"
    assert (
        len({build_rule_uid(title), build_rule_uid(title + "1"), build_rule_uid(title + "2")}) == 3
    )
    assert len(build_rule_uid(title)) <= 40


def test_a_uid_is_the_same_in_every_build() -> None:
    # What a Grafana stores outlives the build: never change what these come from.
    made = {it["title"]: it["uid"] for it in group_of(orders())["rules"]}
    assert made["orders: InstanceDown"] == "orders-InstanceDown-8db60044"
    assert made["orders: ErrorRatioHigh (critical)"] == build_rule_uid(
        "orders: ErrorRatioHigh (critical)"
    )


def test_a_changed_or_added_rule_leaves_the_other_uids_alone() -> None:
    before = [it["uid"] for it in group_of(orders())["rules"]]
    changed = orders().change("InstanceDown", severity="critical", summary="Down!")
    assert [it["uid"] for it in group_of(changed)["rules"]] == before
    assert [it["uid"] for it in group_of(orders().add(rule()))["rules"]][:-1] == before


def test_equal_names_are_told_apart_by_labels_severity_and_at_last_by_number() -> None:
    made = own(
        rule(labels={"tier": "gold", "team": "shop"}),
        rule(labels={"tier": "iron", "team": "shop"}),
        rule(labels={"tier": "iron", "team": "shop"}, severity="critical"),
        rule(labels={"tier": "iron", "team": "shop"}, severity="critical"),
    )
    assert [it["title"] for it in made] == [
        "orders: Own (tier gold, warning)",
        "orders: Own (tier iron, warning)",
        "orders: Own (tier iron, critical)",
        "orders: Own (tier iron, critical) #2",
    ]
    assert len({it["uid"] for it in made}) == 4


def test_a_title_is_never_too_long() -> None:
    # 12.4.0 does not start with one of 191 bytes.
    first, second = own(*(rule(labels={"why": "é" * 100 + it}) for it in "ab"))
    assert first["title"].startswith("orders: Own (")
    assert max(len(it["title"].encode()) for it in (first, second, *everything())) <= 190
    assert first["title"] != second["title"]
    assert first["uid"] != second["uid"]


def test_grafana_asks_for_the_whole_expression_of_the_rule_file_now() -> None:
    filed = build_groups(orders(), SURROUNDINGS.addresses)[-1]["rules"]
    for made, asked in zip(group_of(orders())["rules"], filed, strict=True):
        query = made["data"][0]
        assert query["model"]["expr"] == asked["expr"]
        assert (query["model"]["instant"], query["model"]["range"]) == (True, False)
        assert query["model"]["refId"] == query["refId"] == "A"
        # 12.4.0 refuses a query without a time range.
        assert query["relativeTimeRange"]["from"] > query["relativeTimeRange"]["to"]


def test_grafana_asks_the_provisioned_data_source() -> None:
    provisioned = [yaml.safe_load(it.content) for it in PROVISIONING.shared_files(SURROUNDINGS)]
    (source,) = (it["datasources"][0]["uid"] for it in provisioned if "datasources" in it)
    assert {it["data"][0]["datasourceUid"] for it in everything()} == {source}


def test_every_series_is_an_alert_whatever_its_value() -> None:
    for made in everything():
        query, condition = made["data"]
        assert made["condition"] == condition["refId"] == condition["model"]["refId"]
        assert condition["datasourceUid"] == "__expr__"
        assert condition["model"]["type"] == "math"
        # 12.4.0: `$A > 0` misses `up == 0`, `is_number($A)` alone NaN and +Inf.
        asked = re.findall(r"(is_\w+)\(\$A\)", condition["model"]["expression"])
        assert set(asked) == {"is_number", "is_nan", "is_inf"}
        assert query["refId"] == "A"


def test_no_series_is_no_alert_and_no_answer_is_an_error() -> None:
    assert {(it["noDataState"], it["execErrState"]) for it in everything()} == {("OK", "Error")}


def test_the_rules_have_a_folder_of_their_own() -> None:
    # 12.4.0 makes it before that of the dashboards, under a uid of its own choice.
    provisioned = [yaml.safe_load(it.content) for it in PROVISIONING.shared_files(SURROUNDINGS)]
    (dashboards,) = (it["providers"][0]["folder"] for it in provisioned if "providers" in it)
    group = group_of(orders())
    assert group["folder"] == "Tailboard alerts" != dashboards
    assert (group["orgId"], group["interval"]) == (1, "1m")
    assert group["name"] == "orders: alerts"


@pytest.mark.parametrize(
    ("prometheus", "grafana"),
    [
        ("{{ $value }}", "{{ $values.A.Value }}"),
        ("{{ humanize $value }} of", "{{ humanize $values.A.Value }} of"),
        ('{{ $value | printf "%.2f" }}', '{{ $values.A.Value | printf "%.2f" }}'),
        ("{{ .Value }}", "{{ $values.A.Value }}"),
        ("{{- if gt $value\n1.0 -}}", "{{- if gt $values.A.Value\n1.0 -}}"),
        ("{{ $values.A.Value }}", "{{ $values.A.Value }}"),
        ("{{ $labels.value }} {{ $labels.Value }}", "{{ $labels.value }} {{ $labels.Value }}"),
        ("{{ $values }} {{ $valued }}", "{{ $values }} {{ $valued }}"),
        ("$value costs $5, .Value", "$value costs $5, .Value"),
        ("{{ $labels.instance | urlquery }}", "{{ $labels.instance | urlquery }}"),
    ],
)
def test_the_value_is_called_what_grafana_calls_it(prometheus: str, grafana: str) -> None:
    assert translate_template(prometheus) == grafana
    assert translate_template(grafana) == grafana


def known(text: str) -> str:
    """What an annotation says of a series."""
    found = re.fullmatch(r"{{ if \$values\.A }}(.*){{ else }}(.*){{ end }}", text, re.DOTALL)
    assert found, text
    return found[1]


def test_no_text_has_the_value_of_prometheus() -> None:
    said = [text for it in everything() for text in it["annotations"].values()]
    assert sum("$values.A.Value" in text for text in said) > 20
    assert not [text for text in said if re.search(r"\$value\b", text)]


def test_a_rule_says_what_it_says_in_prometheus() -> None:
    (made,) = own(rule(summary="{{ $labels.job }}: {{ humanizePercentage $value }}"))
    summary = known(made["annotations"]["summary"])
    assert summary == "{{ $labels.job }}: {{ humanizePercentage $values.A.Value }}"
    assert known(made["annotations"]["description"]) == TEXT["description"]


def test_an_error_does_not_say_what_nobody_knows() -> None:
    # 12.4.0 puts the rule's annotations on DatasourceError, where they have no value.
    for made in everything():
        for name in ("summary", "description"):
            assert made["annotations"][name].endswith(
                f"{{{{ else }}}}{UNKNOWN_VALUE_TEXT}{{{{ end }}}}"
            )
    assert "{{" not in UNKNOWN_VALUE_TEXT


def test_annotations_and_queries_keep_their_dollars() -> None:
    # 12.4.0 stores both as written: `$$` would stay two dollars, `$HOME` is not replaced.
    (made,) = own(
        rule(expression='up{job=~"^a$|b$$"} == 0', summary="{{ $labels.job }} costs $5 or ${HOME}")
    )
    assert made["data"][0]["model"]["expr"] == 'up{job=~"^a$|b$$"} == 0'
    assert known(made["annotations"]["summary"]) == "{{ $labels.job }} costs $5 or ${HOME}"


def expanded(text: str) -> str:
    """A text after Grafana replaced the variables of an empty environment."""
    parts = text.split("$$")
    return "$".join(re.sub(r"\$(\w+|{\w+})", "", part) for part in parts)


def test_labels_and_titles_survive_the_expansion_of_environment_variables() -> None:
    # 12.4.0 expands both: `$labels.instance` would become `.instance`.
    asked = {"who": "{{ $labels.instance }}", "cost": "$5 or ${HOME}", "much": "{{ $value }}"}
    made, other = own(rule(labels=asked), rule(labels={"cost": "$6"}))
    labels = {name: expanded(text) for name, text in made["labels"].items()}
    assert labels["who"] == asked["who"]
    assert labels["cost"] == asked["cost"]
    assert labels["much"] == "{{ $values.A.Value }}"
    assert "cost $5 or ${HOME}" in expanded(made["title"])
    assert expanded(other["title"]) == "orders: Own (cost $6)"
    assert other["uid"] == build_rule_uid("orders: Own (cost $6)")


def test_nothing_else_that_grafana_expands_has_a_dollar() -> None:
    def expandable(made: Any) -> Iterable[str]:
        yield from (made["uid"], made["title"], made["for"], *made["labels"].values())
        yield from (it["datasourceUid"] for it in made["data"])

    late = re.compile(r"{{ \$\$labels\.job(_name)? }}")  # the label batch_job, escaped
    assert not [text for it in everything() for text in expandable(it) if "$" in late.sub("", text)]


def test_an_alert_opens_its_panel_and_marks_it() -> None:
    rules = orders()
    made = dict(zip((it.name for it in rules.alerts), group_of(rules)["rules"], strict=True))
    link = dict(zip((it.name for it in rules.alerts), rules.links, strict=True))["InstanceDown"]
    assert link is not None
    said = made["InstanceDown"]["annotations"]
    assert said["__dashboardUid__"] == link.uid == "orders-overview"
    # 12.4.0 takes both or neither, the panel as a text with a whole number.
    assert said["__panelId__"] == str(link.panel_id)
    assert known(said["dashboard_url"]) == link.build_url("https://grafana.example")
    assert said["dashboard_url"].endswith(
        f"{{{{ else }}}}{link.build_plain_url('https://grafana.example')}{{{{ end }}}}"
    )
    assert said["runbook_url"] == "https://wiki/InstanceDown"


def test_an_address_without_labels_is_written_once() -> None:
    made = {it["title"]: it["annotations"] for it in group_of(orders())["rules"]}
    assert "{{" not in made["orders: AllInstancesDown"]["dashboard_url"]
    assert "{{" not in made["orders: AllInstancesDown"]["runbook_url"]


def test_a_rule_without_a_panel_has_no_link() -> None:
    bare, shown = own(rule("Bare"), rule("Shown", panel=health.up))
    assert set(bare["annotations"]) == {"summary", "description", "runbook_url"}
    assert {"dashboard_url", "__dashboardUid__", "__panelId__"} < set(shown["annotations"])


def test_the_file_says_what_prometheus_still_has_to_do() -> None:
    said = comments(orders())
    assert "Prometheus has to load rules/orders.rules.yaml" in said
    assert "twice" in said
    reports = rules_of(SERVICES[2])
    assert not reports.rates + reports.ratios
    assert "has to load" not in comments(reports)


def test_the_file_says_what_grafana_does_otherwise() -> None:
    said = comments(orders())
    for word in ("alertname", "__name__", "mute", "DatasourceError", "deleteRules", "reload"):
        assert word in said
    assert "keepFiringFor" in said
    assert "keepFiringFor" not in comments(rules_of(SERVICES[2]))


def test_the_file_says_why_a_rule_is_silenced() -> None:
    rules = orders().silence("RestartLoop", because="it is restarted by design")
    assert "RestartLoop is silenced: it is restarted by design" in comments(rules)
    assert "RestartLoop" not in str(group_of(rules))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('{{ with query "up" }}{{ . | first | value }}{{ end }}', "query"),
        ("{{ $externalLabels.region }}", "$externalLabels"),
        ("{{ .ExternalLabels.region }}", ".ExternalLabels"),
        ("{{ $externalURL }}", "$externalURL"),
    ],
)
def test_what_grafana_cannot_say_is_said_in_the_file(text: str, word: str) -> None:
    complaint = f"Own says something with {word}, which Grafana's templates do not know"
    assert complaint in comments(orders().add(rule(description=text)))
    assert complaint in comments(orders().add(rule(labels={"where": text})))


def test_words_that_only_look_like_prometheus_own_are_not_complained_of() -> None:
    for text in ("{{ $labels.query | urlquery }}", "The query is slow: see $externalURL."):
        assert "do not know" not in comments(orders().add(rule(summary=text)))
    for service in SERVICES:
        assert "do not know" not in comments(rules_of(service))
