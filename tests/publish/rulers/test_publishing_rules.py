"""Rule groups in a ruler: plan, publish, ownership, hand edits, prune, rollback."""

import json

import pytest

from tailboard.publish.rulers import apply
from tests.grafana.conftest import memory_grafana
from tests.grafana.memory import MemoryGrafana
from tests.publish.rulers.conftest import TENANT, clear_environment
from tests.publish.rulers.memory_ruler import TOKEN, MemoryRuler
from tests.publish.rulers.rules_publisher import OWNER, RulesPublisher
from tests.slow_marks import mark_slow
from tests.workspace import Workspace

__all__ = ["memory_grafana"]

GROUPS = {"orders: alerts", "orders: error budgets", "orders: objectives", "orders: rates"}
FOREIGN_GROUP = {"name": "theirs", "rules": [{"alert": "Down", "expr": "up == 0"}]}


def edit_group(ruler: MemoryRuler, name: str = "orders: alerts") -> None:
    """Change a threshold as somebody with mimirtool does."""
    rule = ruler.read_group(TENANT, OWNER, name)["rules"][-1]
    rule["for"] = "47m"


def test_what_was_published_is_unchanged_in_the_next_plan(
    publisher: RulesPublisher, ruler: MemoryRuler
) -> None:
    assert publisher.plan_states() == dict.fromkeys(GROUPS, "create")
    assert ruler.list_names(TENANT, OWNER) == []
    publisher.run("publish")
    assert set(ruler.list_names(TENANT, OWNER)) == GROUPS
    assert publisher.plan_states() == dict.fromkeys(GROUPS, "unchanged")
    ruler.requests.clear()
    publisher.run("publish")
    assert not any(method != "GET" for method, _ in ruler.requests)


def test_a_changed_objective_is_a_threshold_in_words(publisher: RulesPublisher) -> None:
    publisher.run("publish")
    publisher.declare_service(latency=0.5)
    differences = publisher.plan_items()["orders: objectives"]["differences"]
    assert any(
        text.startswith("alert LatencyAboveObjective of orders: threshold 1 s -> 0.5 s")
        for text in differences
    )
    markdown = publisher.run("plan", "--markdown").stdout
    assert "### Dashboards and rules: " in markdown
    assert "threshold 1 s -\\> 0.5 s" in markdown


def test_a_hand_edit_is_left_alone_without_force(
    publisher: RulesPublisher, ruler: MemoryRuler
) -> None:
    publisher.run("publish")
    edit_group(ruler)
    assert publisher.plan_states()["orders: alerts"] == "hand-edited"
    result = publisher.run("publish", code=4)
    assert "edited by hand" in result.stderr
    assert "--force" in result.stderr
    assert ruler.read_group(TENANT, OWNER, "orders: alerts")["rules"][-1]["for"] == "47m"
    publisher.run("publish", "--force")
    assert set(publisher.plan_states().values()) == {"unchanged"}


def test_what_others_have_in_the_tenant_does_not_exist_for_us(
    publisher: RulesPublisher, ruler: MemoryRuler
) -> None:
    ruler.put_group(TENANT, "other", dict(FOREIGN_GROUP))
    ruler.put_group(TENANT, OWNER, dict(FOREIGN_GROUP))
    ruler.put_group("another-tenant", OWNER, dict(FOREIGN_GROUP))
    publisher.run("publish", "--prune")
    assert "theirs" not in publisher.plan_states()
    for tenant, namespace in ((TENANT, "other"), (TENANT, OWNER), ("another-tenant", OWNER)):
        assert ruler.read_group(tenant, namespace, "theirs") == FOREIGN_GROUP


def test_a_group_of_our_name_without_our_mark_is_foreign_until_adopted(
    publisher: RulesPublisher, ruler: MemoryRuler
) -> None:
    group = {**FOREIGN_GROUP, "name": "orders: alerts"}
    ruler.put_group(TENANT, OWNER, group)
    assert publisher.plan_states()["orders: alerts"] == "foreign"
    publisher.run("publish", code=4)
    assert ruler.read_group(TENANT, OWNER, "orders: alerts") == group
    adopted = publisher.run("publish", "--adopt")
    assert publisher.plan_states() == dict.fromkeys(GROUPS, "unchanged")
    publisher.rollback(adopted)
    assert ruler.read_group(TENANT, OWNER, "orders: alerts") == group


def test_two_owners_in_one_namespace_leave_each_other_alone(
    publisher: RulesPublisher, ruler: MemoryRuler
) -> None:
    publisher.run("publish")
    before = json.dumps(ruler.groups)
    publisher.options += ["--rules-namespace", OWNER]
    result = publisher.run("publish", "--owner", "other-team", "--prune", code=1)
    assert "another owner, 'shop'" in result.stderr
    assert json.dumps(ruler.groups) == before


def test_only_pruning_deletes_what_is_declared_no_more(
    publisher: RulesPublisher, ruler: MemoryRuler
) -> None:
    publisher.declare_service("billing")
    publisher.run("publish")
    publisher.delete_definition("billing")
    assert publisher.plan_states()["billing: alerts"] == "orphan"
    publisher.run("publish")
    assert len(ruler.list_names(TENANT, OWNER)) == 2 * len(GROUPS)
    result = publisher.run("publish", "--prune", "--max-delete", "2", code=2)
    assert "would delete 4 rule groups" in result.stderr
    assert len(ruler.list_names(TENANT, OWNER)) == 2 * len(GROUPS)
    pruned = publisher.run("publish", "--prune")
    assert set(ruler.list_names(TENANT, OWNER)) == GROUPS
    publisher.rollback(pruned)
    assert len(ruler.list_names(TENANT, OWNER)) == 2 * len(GROUPS)


def test_an_orphan_that_was_edited_is_kept_without_force(
    publisher: RulesPublisher, ruler: MemoryRuler
) -> None:
    publisher.declare_service("billing")
    publisher.run("publish")
    publisher.delete_definition("billing")
    edit_group(ruler, "billing: alerts")
    publisher.run("publish", "--prune", code=4)
    assert ruler.list_names(TENANT, OWNER)[0] == "billing: alerts"
    publisher.run("publish", "--prune", "--force")
    assert set(ruler.list_names(TENANT, OWNER)) == GROUPS


def test_the_groups_of_a_renamed_service_move_and_nothing_pages_twice(
    publisher: RulesPublisher, ruler: MemoryRuler
) -> None:
    publisher.run("publish")
    before = json.dumps(ruler.groups)
    publisher.delete_definition("orders")
    publisher.declare_service("purchases", job="orders-api")
    items = publisher.plan_items()
    assert {item["state"] for item in items.values()} == {"move"}
    assert "in place of 'orders: alerts'" in items["purchases: alerts"]["why"]
    moved = publisher.run("publish")
    names = {name.replace("orders", "purchases") for name in GROUPS}
    assert set(ruler.list_names(TENANT, OWNER)) == names
    publisher.rollback(moved)
    assert json.loads(json.dumps(ruler.groups)) == json.loads(before)


def test_a_moved_group_that_was_edited_meanwhile_is_left(
    publisher: RulesPublisher, ruler: MemoryRuler
) -> None:
    publisher.run("publish")
    publisher.delete_definition("orders")
    publisher.declare_service("purchases", job="orders-api")
    ruler.add_hook("GET", "orders%3A%20alerts$", lambda: edit_group(ruler))
    result = publisher.run("publish", "--no-verify", code=4)
    assert "'orders: alerts' was changed meanwhile" in result.stderr
    assert ruler.read_group(TENANT, OWNER, "orders: alerts")["rules"][-1]["for"] == "47m"
    assert publisher.plan_states()["orders: alerts"] == "orphan"
    publisher.rollback(result, code=4)
    assert "purchases: alerts" not in ruler.list_names(TENANT, OWNER)


def test_a_rollback_puts_back_what_was_there_byte_for_byte(
    publisher: RulesPublisher, ruler: MemoryRuler
) -> None:
    publisher.run("publish")
    before = json.dumps(ruler.groups, sort_keys=True)
    publisher.declare_service(latency=0.5)
    changed = publisher.run("publish")
    assert json.dumps(ruler.groups, sort_keys=True) != before
    rehearsal = publisher.rollback(changed, "--dry-run")
    assert "would be" in rehearsal.stderr
    undone = publisher.rollback(changed)
    assert json.dumps(ruler.groups, sort_keys=True) == before
    publisher.rollback(undone)
    assert publisher.plan_states() == dict.fromkeys(GROUPS, "unchanged")


def test_a_rollback_says_whether_the_run_deleted_a_group_or_somebody_since(
    publisher: RulesPublisher, ruler: MemoryRuler
) -> None:
    publisher.declare_service("billing", None)
    publisher.run("publish")
    publisher.delete_definition("billing")
    publisher.declare_service(latency=0.5)
    pruned = publisher.run("publish", "--prune")
    del ruler.groups[TENANT][OWNER]["orders: objectives"]
    lines = publisher.rollback(pruned, "--dry-run").stdout
    assert f"'billing: rates' ({OWNER}): deleted by that run" in lines
    assert f"'orders: objectives' ({OWNER}): deleted since" in lines


def test_a_rollback_without_a_report_and_a_grafana_says_what_to_do(
    publisher: RulesPublisher, ruler: MemoryRuler
) -> None:
    published = publisher.run("publish")
    result = publisher.rollback(published, "--state", "elsewhere", code=2)
    assert "rulers keep no history" in result.stderr
    assert "--report FILE" in result.stderr
    assert set(ruler.list_names(TENANT, OWNER)) == GROUPS


def test_a_rollback_leaves_what_was_edited_since(
    publisher: RulesPublisher, ruler: MemoryRuler
) -> None:
    first = publisher.run("publish")
    edit_group(ruler)
    publisher.rollback(first, code=4)
    assert ruler.list_names(TENANT, OWNER) == ["orders: alerts"]
    publisher.rollback(first, "--force")
    assert ruler.list_names(TENANT, OWNER) == []


@pytest.mark.parametrize(
    ("limit", "name"),
    [
        ("max_rules", "ruler_max_rules_per_rule_group"),
        ("max_groups", "ruler_max_rule_groups_per_tenant"),
    ],
)
def test_a_limit_of_the_server_is_named(
    publisher: RulesPublisher, ruler: MemoryRuler, limit: str, name: str
) -> None:
    setattr(ruler, limit, 1)
    result = publisher.run("publish", code=None)
    assert result.exit_code in {1, 4}
    assert name in result.stderr
    assert "Tip: " in result.stderr


def test_reads_that_lag_behind_a_write_are_waited_for(
    publisher: RulesPublisher, ruler: MemoryRuler
) -> None:
    ruler.stale_reads = 3
    publisher.run("publish")
    publisher.declare_service(latency=0.5)
    publisher.run("publish")
    assert publisher.plan_states() == dict.fromkeys(GROUPS, "unchanged")


NAMESPACES = ("shop/eu", "a%2Fb", "a b+c", "ü: {x}", "a?b#c", "%252F")


@pytest.mark.parametrize("namespace", mark_slow(NAMESPACES, ["shop/eu", "ü: {x}"]))
def test_a_namespace_may_have_any_characters(
    publisher: RulesPublisher, ruler: MemoryRuler, namespace: str
) -> None:
    publisher.options += ["--rules-namespace", namespace]
    published = publisher.run("publish")
    assert set(ruler.groups[TENANT]) == {namespace}
    assert publisher.plan_states() == dict.fromkeys(GROUPS, "unchanged")
    publisher.rollback(published)
    assert ruler.list_names(TENANT, namespace) == []


@pytest.mark.parametrize("namespace", [".", ".."])
def test_a_namespace_that_is_a_path_is_refused(publisher: RulesPublisher, namespace: str) -> None:
    result = publisher.run("publish", "--rules-namespace", namespace, code=2)
    assert "--rules-namespace" in result.stderr


def test_a_token_that_others_may_read_is_warned_of(
    publisher: RulesPublisher, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workspace.write_file("token", TOKEN)
    path.chmod(0o644)
    monkeypatch.setenv("RULER_TOKEN_FILE", str(path))
    assert "chmod 600" in publisher.run("plan").stderr


def test_who_may_not_write_is_told_so(publisher: RulesPublisher, ruler: MemoryRuler) -> None:
    ruler.forbidden_methods = {"POST"}
    result = publisher.run("publish", code=3)
    assert "not allowed (403)" in result.stderr
    ruler.forbidden_methods = {"GET"}
    assert "not allowed (403)" in publisher.run("plan", code=3).stderr


def test_a_wrong_token_is_refused_and_never_printed(
    publisher: RulesPublisher, ruler: MemoryRuler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RULER_TOKEN", "secret-and-wrong")
    result = publisher.run("publish", code=3)
    assert "secret-and-wrong" not in result.output
    monkeypatch.setenv("RULER_TOKEN", TOKEN)
    publisher.run("publish")


def test_an_edit_between_plan_and_write_is_not_overwritten(
    publisher: RulesPublisher, ruler: MemoryRuler
) -> None:
    publisher.run("publish")
    publisher.declare_service(latency=0.5)
    ruler.add_hook(
        "GET", "orders%3A%20objectives$", lambda: edit_group(ruler, "orders: objectives")
    )
    result = publisher.run("publish", code=4)
    assert "changed meanwhile" in result.stderr
    assert ruler.read_group(TENANT, OWNER, "orders: objectives")["rules"][-1]["for"] == "47m"


def test_who_names_no_tenant_is_told_to(
    publisher: RulesPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RULER_TENANT")
    assert "RULER_TENANT" in publisher.run("plan", code=3).stderr
    monkeypatch.setenv("RULER_TENANT", TENANT)
    monkeypatch.setenv("RULER_TOKEN", "wrong")
    assert "RULER_TENANT" not in publisher.run("plan", code=3).stderr


def test_an_address_for_queries_is_no_address_of_a_ruler(
    publisher: RulesPublisher, ruler: MemoryRuler
) -> None:
    result = publisher.run("plan", "--rules-url", f"{ruler.url}/prometheus", code=2)
    assert "leave /prometheus out of --rules-url" in result.stderr


def test_an_address_without_a_ruler_is_told(publisher: RulesPublisher, ruler: MemoryRuler) -> None:
    result = publisher.run("plan", "--rules-url", f"{ruler.url}/elsewhere", code=2)
    assert "--rules-url" in result.stderr


def test_several_targets_of_the_settings_are_one_plan_and_one_run(
    publisher: RulesPublisher, workspace: Workspace, ruler: MemoryRuler
) -> None:
    workspace.write_file(
        "tailboard.toml",
        f"""
        [targets.east]
        rules = "{ruler.kind}"
        rules_url = "{ruler.url}"
        rules_tenant = "east"

        [targets.west]
        rules = "{ruler.kind}"
        rules_url = "{ruler.url}"
        rules_tenant = "west"
        rules_namespace = "tailboard/shop"
        """,
    )
    publisher.options = ["--target", "east", "--target", "west"]
    report = publisher.run("plan", "--json").json
    assert [target["target"] for target in report["targets"]] == ["east", "west"]
    published = publisher.run("publish")
    assert set(ruler.list_names("east", OWNER)) == GROUPS
    assert set(ruler.list_names("west", "tailboard/shop")) == GROUPS
    publisher.rollback(published)
    assert not ruler.list_names("east", OWNER) + ruler.list_names("west", "tailboard/shop")


def test_each_of_several_targets_is_named_over_what_changes_there(
    publisher: RulesPublisher, workspace: Workspace, ruler: MemoryRuler
) -> None:
    target = f'rules = "{ruler.kind}"\nrules_url = "{ruler.url}"\nrules_tenant'
    workspace.write_file(
        "tailboard.toml",
        f'[targets.east]\n{target} = "east"\n[targets.west]\n{target} = "west"\n',
    )
    publisher.options = ["--target", "east"]
    assert "east" not in publisher.run("publish").stdout
    publisher.options = ["--target", "east", "--target", "west"]
    plan = publisher.run("plan")
    assert f"west ({ruler.url}): 4 create" in plan.stderr
    heading = f"west ({ruler.url}):"
    assert plan.stdout.splitlines()[0] == heading
    markdown = publisher.run("plan", "--markdown").stdout
    assert "### Dashboards and rules of east: 4 unchanged\n" in markdown
    assert "\n\n### Dashboards and rules of west: 4 create\n" in markdown
    published = publisher.run("publish")
    assert published.stdout.splitlines()[0] == heading
    assert f"east ({ruler.url}): 4 unchanged" in published.stderr
    rehearsal = publisher.rollback(published, "--dry-run")
    assert "delete" in rehearsal.stdout
    options = ["--rules", ruler.kind, "--rules-tenant", "north"]
    assert "--rules" in publisher.run("plan", *options, code=2).stderr


def test_a_target_that_the_settings_do_not_have_is_told(publisher: RulesPublisher) -> None:
    publisher.options = ["--target", "nowhere"]
    assert "'nowhere'" in publisher.run("plan", code=2).stderr


def test_rules_that_the_ruler_cannot_evaluate_are_named(
    publisher: RulesPublisher, ruler: MemoryRuler
) -> None:
    ruler.evaluation_errors["TargetAbsent"] = "found duplicate series"
    result = publisher.run("publish", "--json", code=4)
    (problem,) = result.json["unverified"]
    assert problem["title"] == "orders: alerts"
    assert problem["problem"] == "TargetAbsent: found duplicate series"
    assert set(ruler.list_names(TENANT, OWNER)) == GROUPS
    again = publisher.run("publish", "--json", code=4).json
    assert again["unverified"] == [problem]
    assert {item["result"] for item in again["items"]} == {"unchanged"}


def test_rules_that_the_ruler_does_not_evaluate_in_time_are_told(
    publisher: RulesPublisher, ruler: MemoryRuler
) -> None:
    ruler.is_evaluating = False
    result = publisher.run("publish", "--verify-timeout", "10ms", code=4)
    assert "it was not evaluated within 0.01 s" in result.stderr
    # Evaluated every four minutes, which a publish does not wait for.
    assert "orders: error budgets" not in result.stderr
    publisher.run("publish", "--no-verify")
    again = publisher.run("publish", "--verify-timeout", "10ms", code=4)
    assert "it was not evaluated within 0.01 s" in again.stderr
    ruler.is_evaluating = True
    assert "Waiting for" not in publisher.run("publish").stderr


def test_of_two_publishers_at_once_one_is_told_that_its_group_reads_otherwise(
    publisher: RulesPublisher, ruler: MemoryRuler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "READ_BACK_SECONDS", 0.2)
    publisher.run("publish")
    other = dict(ruler.read_group(TENANT, OWNER, "orders: rates"))
    publisher.declare_service(job="orders-v2")

    def write_last() -> None:
        ruler.add_hook("GET", "orders%3A%20rates$", lambda: ruler.put_group(TENANT, OWNER, other))

    ruler.add_hook("POST", f"/{OWNER}$", write_last)
    result = publisher.run("publish", "--no-verify", code=4)
    assert "reads otherwise" in result.stderr
    publisher.run("publish")
    assert set(publisher.plan_states().values()) == {"unchanged"}


def test_a_grafana_without_the_api_is_told_what_writes_its_rules_instead(
    workspace: Workspace, memory_grafana: MemoryGrafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear_environment(monkeypatch)
    monkeypatch.setenv("GRAFANA_URL", memory_grafana.url)
    monkeypatch.setenv("GRAFANA_TOKEN", memory_grafana.create_token("administrator"))
    publisher = RulesPublisher(workspace, ["--rules", "grafana", "--no-data-source-check"])
    publisher.declare_service()
    result = publisher.run("plan", code=2)
    assert "--format alerting" in result.stderr
    assert memory_grafana.list_documents() == {}
