"""How a service's rules become Grafana-managed alert rules."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest
import yaml

from tailboard.alerts import AlertRule, RuleSet, rules_of
from tailboard.alerts.addresses import Addresses
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
from tests.alerts.sample_services import list_alert_rules
from tests.workspace import Workspace

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
RULE_TEXT = {"summary": "It is so", "description": "Look at it."}


def build_rule(name: str = "Own", expression: str = "up == 0", **fields: Any) -> AlertRule:
    """A rule of somebody's own."""
    rule_fields: dict[str, Any] = {
        **{"severity": "warning", "signal": "up", "lasting": "2m"},
        **RULE_TEXT,
        **fields,
    }
    return AlertRule(name=name, expression=expression, **rule_fields)


@cache
def build_rule_set() -> RuleSet:
    return rules_of(ORDERS)


def render_file(rules: RuleSet) -> File:
    (file,) = FORMAT.rule_files(rules, SURROUNDINGS)
    return file


def read_group(rules: RuleSet) -> Any:
    content = yaml.load(render_file(rules).content, LOADER)
    assert content["apiVersion"] == 1
    (group,) = content["groups"]
    return group


def read_added_rules(*rules: AlertRule) -> list[Any]:
    """Some rules of somebody's own, as Grafana is given them."""
    rule_list: list[Any] = read_group(build_rule_set().add(*rules))["rules"]
    return rule_list[-len(rules) :]


@cache
def list_rules() -> list[Any]:
    return [rule for service in SERVICES for rule in read_group(rules_of(service))["rules"]]


def read_comments(rules: RuleSet) -> str:
    lines = render_file(rules).content.decode().splitlines()
    return "\n".join(line for line in lines if line.startswith("#"))


def test_the_format_is_the_last_of_the_list() -> None:
    assert FORMATS[-1] is FORMAT


def test_the_file_lies_in_the_tree_that_grafana_is_provisioned_with() -> None:
    file = render_file(rules_of(SERVICES[1]))
    assert str(file.path) == "provisioning/alerting/tailboard-orders-worker.yaml"
    assert {file.path.parts[0] for file in PROVISIONING.shared_files(SURROUNDINGS)} == {
        file.path.parts[0]
    }


def test_building_it_writes_one_file_for_each_service(workspace: Workspace) -> None:
    workspace.write_file(
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
    workspace.run_build("shop.py", "--format", "alerting")
    names = {path.name for path in (workspace.root / "dist/provisioning/alerting").iterdir()}
    assert names == {"tailboard-orders.yaml", "tailboard-reports.yaml"}


def test_a_service_without_alerts_has_no_file() -> None:
    rules = rules_of(SERVICES[2])
    for name in {rule.name for rule in rules.alerts}:
        rules = rules.silence(name, because="nobody asked")
    assert not list(FORMAT.rule_files(rules, SURROUNDINGS))


@pytest.mark.parametrize("service", SERVICES, ids=lambda rules: rules.slug)
def test_every_alert_rule_is_there_in_its_order(service: Service) -> None:
    rules = rules_of(service)
    group = read_group(rules)
    for grafana_rule, alert_rule in zip(group["rules"], rules.alerts, strict=True):
        assert f": {alert_rule.name}" in grafana_rule["title"]
        assert grafana_rule["for"] == alert_rule.lasting
        assert grafana_rule.get("keepFiringFor", "") == alert_rule.keep_firing
        assert grafana_rule["labels"]["severity"] == alert_rule.severity
        assert grafana_rule["labels"]["service"] == service.slug


def test_a_uid_is_one_that_grafana_takes() -> None:
    for rules in list_rules():
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,40}", rules["uid"])


def test_no_two_rules_of_several_services_share_uid_or_title() -> None:
    rules = list_rules()
    assert len(rules) > 40
    assert len({rule["uid"] for rule in rules}) == len(rules)
    assert len({rule["title"] for rule in rules}) == len(rules)


def test_long_names_are_told_apart_after_the_fortieth_character() -> None:
    title = "a-service-with-quite-a-long-name: AnAlertWithQuiteALongName"
    assert (
        len({build_rule_uid(title), build_rule_uid(title + "1"), build_rule_uid(title + "2")}) == 3
    )
    assert len(build_rule_uid(title)) <= 40


def test_a_uid_is_the_same_in_every_build() -> None:
    # What a Grafana stores outlives the build: never change what these come from.
    uids_by_title = {rule["title"]: rule["uid"] for rule in read_group(build_rule_set())["rules"]}
    assert uids_by_title["orders: InstanceDown"] == "orders-InstanceDown-8db60044"
    title = "orders: ErrorBudgetBurn (objective availability, critical)"
    assert uids_by_title[title] == build_rule_uid(title)


def test_a_changed_or_added_rule_leaves_the_other_uids_alone() -> None:
    before = [rule["uid"] for rule in read_group(build_rule_set())["rules"]]
    changed = build_rule_set().change("InstanceDown", severity="critical", summary="Down!")
    assert [rule["uid"] for rule in read_group(changed)["rules"]] == before
    assert [rule["uid"] for rule in read_group(build_rule_set().add(build_rule()))["rules"]][
        :-1
    ] == before


def test_equal_names_are_told_apart_by_labels_severity_and_at_last_by_number() -> None:
    grafana_rules = read_added_rules(
        build_rule(labels={"tier": "gold", "team": "shop"}),
        build_rule(labels={"tier": "iron", "team": "shop"}),
        build_rule(labels={"tier": "iron", "team": "shop"}, severity="critical"),
        build_rule(labels={"tier": "iron", "team": "shop"}, severity="critical"),
    )
    assert [rule["title"] for rule in grafana_rules] == [
        "orders: Own (tier gold, warning)",
        "orders: Own (tier iron, warning)",
        "orders: Own (tier iron, critical)",
        "orders: Own (tier iron, critical) #2",
    ]
    assert len({rule["uid"] for rule in grafana_rules}) == 4


def test_a_title_is_never_too_long() -> None:
    # 12.4.0 does not start with one of 191 bytes.
    first, second = read_added_rules(
        *(build_rule(labels={"why": "é" * 100 + character}) for character in "ab")
    )
    assert first["title"].startswith("orders: Own (")
    assert max(len(rule["title"].encode()) for rule in (first, second, *list_rules())) <= 190
    assert first["title"] != second["title"]
    assert first["uid"] != second["uid"]


def test_grafana_asks_for_the_whole_expression_of_the_rule_file_now() -> None:
    filed = list_alert_rules(build_rule_set(), SURROUNDINGS.addresses)
    grafana_rules = read_group(build_rule_set())["rules"]
    expressions = [rule["data"][0]["model"]["expr"] for rule in grafana_rules]
    assert sorted(expressions) == sorted(rule["expr"] for rule in filed)
    for grafana_rule in grafana_rules:
        query = grafana_rule["data"][0]
        assert (query["model"]["instant"], query["model"]["range"]) == (True, False)
        assert query["model"]["refId"] == query["refId"] == "A"
        # 12.4.0 refuses a query without a time range.
        assert query["relativeTimeRange"]["from"] > query["relativeTimeRange"]["to"]


def test_grafana_asks_the_provisioned_data_source() -> None:
    provisioned = [yaml.safe_load(file.content) for file in PROVISIONING.shared_files(SURROUNDINGS)]
    (source,) = (
        document["datasources"][0]["uid"] for document in provisioned if "datasources" in document
    )
    assert {rule["data"][0]["datasourceUid"] for rule in list_rules()} == {source}


def test_every_series_is_an_alert_whatever_its_value() -> None:
    for rules in list_rules():
        query, condition = rules["data"]
        assert rules["condition"] == condition["refId"] == condition["model"]["refId"]
        assert condition["datasourceUid"] == "__expr__"
        assert condition["model"]["type"] == "math"
        # 12.4.0: `$A > 0` misses `up == 0`, `is_number($A)` alone NaN and +Inf.
        functions = re.findall(r"(is_\w+)\(\$A\)", condition["model"]["expression"])
        assert set(functions) == {"is_number", "is_nan", "is_inf"}
        assert query["refId"] == "A"


def test_no_series_is_no_alert_and_no_answer_is_an_error() -> None:
    assert {(rule["noDataState"], rule["execErrState"]) for rule in list_rules()} == {
        ("OK", "Error")
    }


def test_the_rules_have_a_folder_of_their_own() -> None:
    # 12.4.0 makes it before that of the dashboards, under a uid of its own choice.
    provisioned = [yaml.safe_load(file.content) for file in PROVISIONING.shared_files(SURROUNDINGS)]
    (dashboards,) = (
        document["providers"][0]["folder"] for document in provisioned if "providers" in document
    )
    group = read_group(build_rule_set())
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


def find_series_text(text: str) -> str:
    """What an annotation says of a series."""
    match = re.fullmatch(r"{{ if \$values\.A }}(.*){{ else }}(.*){{ end }}", text, re.DOTALL)
    assert match, text
    return match[1]


def test_no_text_has_the_value_of_prometheus() -> None:
    texts = [text for rule in list_rules() for text in rule["annotations"].values()]
    assert sum("$values.A.Value" in text for text in texts) > 20
    assert not [text for text in texts if re.search(r"\$value\b", text)]


def test_a_rule_says_what_it_says_in_prometheus() -> None:
    (grafana_rule,) = read_added_rules(
        build_rule(summary="{{ $labels.job }}: {{ humanizePercentage $value }}")
    )
    summary = find_series_text(grafana_rule["annotations"]["summary"])
    assert summary == "{{ $labels.job }}: {{ humanizePercentage $values.A.Value }}"
    assert find_series_text(grafana_rule["annotations"]["description"]) == RULE_TEXT["description"]


def test_an_error_does_not_say_what_nobody_knows() -> None:
    # 12.4.0 puts the rule's annotations on DatasourceError, where they have no value.
    for rules in list_rules():
        for name in ("summary", "description"):
            assert rules["annotations"][name].endswith(
                f"{{{{ else }}}}{UNKNOWN_VALUE_TEXT}{{{{ end }}}}"
            )
    assert "{{" not in UNKNOWN_VALUE_TEXT


def test_annotations_and_queries_keep_their_dollars() -> None:
    # 12.4.0 stores both as written: `$$` would stay two dollars, `$HOME` is not replaced.
    (grafana_rule,) = read_added_rules(
        build_rule(
            expression='up{job=~"^a$|b$$"} == 0', summary="{{ $labels.job }} costs $5 or ${HOME}"
        )
    )
    assert grafana_rule["data"][0]["model"]["expr"] == 'up{job=~"^a$|b$$"} == 0'
    assert (
        find_series_text(grafana_rule["annotations"]["summary"])
        == "{{ $labels.job }} costs $5 or ${HOME}"
    )


def expand_environment(text: str) -> str:
    """A text after Grafana replaced the variables of an empty environment."""
    parts = text.split("$$")
    return "$".join(re.sub(r"\$(\w+|{\w+})", "", part) for part in parts)


def test_labels_and_titles_survive_the_expansion_of_environment_variables() -> None:
    # 12.4.0 expands both: `$labels.instance` would become `.instance`.
    rule_labels = {"who": "{{ $labels.instance }}", "cost": "$5 or ${HOME}", "much": "{{ $value }}"}
    first_rule, second_rule = read_added_rules(
        build_rule(labels=rule_labels), build_rule(labels={"cost": "$6"})
    )
    labels = {name: expand_environment(text) for name, text in first_rule["labels"].items()}
    assert labels["who"] == rule_labels["who"]
    assert labels["cost"] == rule_labels["cost"]
    assert labels["much"] == "{{ $values.A.Value }}"
    assert "cost $5 or ${HOME}" in expand_environment(first_rule["title"])
    assert expand_environment(second_rule["title"]) == "orders: Own (cost $6)"
    assert second_rule["uid"] == build_rule_uid("orders: Own (cost $6)")


def test_nothing_else_that_grafana_expands_has_a_dollar() -> None:
    def expandable(value: Any) -> Iterable[str]:
        yield from (value["uid"], value["title"], value["for"], *value["labels"].values())
        yield from (query["datasourceUid"] for query in value["data"])

    late = re.compile(r"{{ \$\$labels\.job(_name)? }}")  # the label batch_job, escaped
    assert not [
        text for rule in list_rules() for text in expandable(rule) if "$" in late.sub("", text)
    ]


def test_an_alert_opens_its_panel_and_marks_it() -> None:
    rules = build_rule_set()
    rules_by_name = dict(
        zip((rule.name for rule in rules.alerts), read_group(rules)["rules"], strict=True)
    )
    link = dict(zip((rule.name for rule in rules.alerts), rules.links, strict=True))["InstanceDown"]
    assert link is not None
    annotations = rules_by_name["InstanceDown"]["annotations"]
    assert annotations["__dashboardUid__"] == link.uid == "orders-overview"
    # 12.4.0 takes both or neither, the panel as a text with a whole number.
    assert annotations["__panelId__"] == str(link.panel_id)
    assert find_series_text(annotations["dashboard_url"]) == link.build_url(
        "https://grafana.example"
    )
    assert annotations["dashboard_url"].endswith(
        f"{{{{ else }}}}{link.build_plain_url('https://grafana.example')}{{{{ end }}}}"
    )
    assert annotations["runbook_url"] == "https://wiki/InstanceDown"


def test_an_address_without_labels_is_written_once() -> None:
    annotations_by_title = {
        rule["title"]: rule["annotations"] for rule in read_group(build_rule_set())["rules"]
    }
    assert "{{" not in annotations_by_title["orders: AllInstancesDown"]["dashboard_url"]
    assert "{{" not in annotations_by_title["orders: AllInstancesDown"]["runbook_url"]


def test_a_rule_without_a_panel_has_no_link() -> None:
    bare, shown = read_added_rules(build_rule("Bare"), build_rule("Shown", panel=health.up))
    assert set(bare["annotations"]) == {"summary", "description", "runbook_url"}
    assert {"dashboard_url", "__dashboardUid__", "__panelId__"} < set(shown["annotations"])


def test_the_file_says_what_prometheus_still_has_to_do() -> None:
    text = read_comments(build_rule_set())
    assert "Prometheus has to load rules/orders.rules.yaml" in text
    assert "twice" in text
    reports = rules_of(SERVICES[2])
    assert not reports.rates + reports.ratios
    assert "has to load" not in read_comments(reports)


def test_the_file_says_what_grafana_does_otherwise() -> None:
    text = read_comments(build_rule_set())
    for word in ("alertname", "__name__", "mute", "DatasourceError", "deleteRules", "reload"):
        assert word in text
    assert "keepFiringFor" in text
    assert "keepFiringFor" not in read_comments(rules_of(SERVICES[2]))


def test_the_file_says_why_a_rule_is_silenced() -> None:
    rules = build_rule_set().silence("RestartLoop", because="it is restarted by design")
    assert "RestartLoop is silenced: it is restarted by design" in read_comments(rules)
    assert "RestartLoop" not in str(read_group(rules))


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
    assert complaint in read_comments(build_rule_set().add(build_rule(description=text)))
    assert complaint in read_comments(build_rule_set().add(build_rule(labels={"where": text})))


def test_words_that_only_look_like_prometheus_own_are_not_complained_of() -> None:
    for text in ("{{ $labels.query | urlquery }}", "The query is slow: see $externalURL."):
        assert "do not know" not in read_comments(build_rule_set().add(build_rule(summary=text)))
    for service in SERVICES:
        assert "do not know" not in read_comments(rules_of(service))
