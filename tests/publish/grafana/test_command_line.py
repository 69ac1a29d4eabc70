"""What the commands of publishing say to wrong input, and where nobody listens."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tailboard.publish.http import retry
from tests.grafana.memory import MemoryGrafana
from tests.slow_marks import mark_slow
from tests.workspace import GOOD_DEFINITION, RUN_PROGRAM, CommandResult, Workspace

DASHBOARD_COUNT = 40
MANY_DASHBOARDS_DEFINITION = f"""
from tailboard.dashboards import Dashboard

dashboards = [Dashboard(f"D{{it}}", uid=f"d{{it}}", rows=[]) for it in range({DASHBOARD_COUNT})]
"""
UNSET_PREFIXES = ("GRAFANA_", "GITHUB_")
FIRST_RUN = "20261120-184800-3fa2c1"


@pytest.fixture
def grafana_workspace(
    workspace: Workspace, memory_grafana: MemoryGrafana, monkeypatch: pytest.MonkeyPatch
) -> Workspace:
    """A folder with a definition, and a Grafana with a data source that is known to commands."""
    for name in list(os.environ):
        if name.startswith(UNSET_PREFIXES) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GRAFANA_URL", memory_grafana.url)
    monkeypatch.setenv("GRAFANA_TOKEN", memory_grafana.create_token("editor"))
    monkeypatch.setattr(retry, "MAX_BACKOFF", 0.0)
    prom = {"uid": "prom", "name": "Prom", "type": "prometheus", "isDefault": True, "jsonData": {}}
    memory_grafana.store.data_sources["prom"] = prom
    workspace.write_file("good.py", GOOD_DEFINITION)
    workspace.write_file("many.py", MANY_DASHBOARDS_DEFINITION)
    return workspace


def check_refusal(run: CommandResult, *expected: str, code: int = 2) -> None:
    """A run ended with this code and a message for people."""
    assert run.exit_code == code, run.output
    assert "Traceback" not in run.output
    assert "Error: " in run.stderr
    for word in expected:
        assert word in run.stderr, run.stderr


def run_shell(grafana_workspace: Workspace, script: str, **environment: str) -> CommandResult:
    """Run a line of a shell in which `tailboard` is the command."""
    program = f'tailboard() {{ "{sys.executable}" -c "{RUN_PROGRAM}" "$@"; }}\n'
    process = subprocess.run(
        ["bash", "-c", program + script],
        cwd=grafana_workspace.root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Traceback" not in process.stderr, process.stderr
    return CommandResult(process.returncode, process.stdout, process.stderr)


def list_files(root: Path) -> set[str]:
    """Every file below a folder."""
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


# What is declared


def test_an_empty_folder_publishes_nothing_and_says_why(
    grafana_workspace: Workspace, memory_grafana: MemoryGrafana
) -> None:
    (grafana_workspace.root / "empty").mkdir()
    check_refusal(
        grafana_workspace.run_tailboard("publish", "empty"), "the folder holds no definition"
    )
    assert memory_grafana.list_documents() == {}


def test_no_definition_at_all_is_wrong_usage(grafana_workspace: Workspace) -> None:
    for command in ("plan", "publish"):
        check_refusal(
            grafana_workspace.run_tailboard(command), f"nothing to {command}", "--convention"
        )


def test_one_broken_definition_keeps_all_from_being_published(
    grafana_workspace: Workspace, memory_grafana: MemoryGrafana
) -> None:
    grafana_workspace.write_file("broken.py", "dashboard = 1 / 0\n")
    check_refusal(
        grafana_workspace.run_tailboard("publish", "good.py", "broken.py"),
        "broken.py",
        "ZeroDivisionError",
    )
    assert memory_grafana.count_requests("POST") == memory_grafana.count_requests("PUT") == 0


def test_a_uid_that_is_declared_twice_is_told_with_both_dashboards(
    grafana_workspace: Workspace, memory_grafana: MemoryGrafana
) -> None:
    grafana_workspace.write_file("other.py", GOOD_DEFINITION.replace('"Good"', '"Other"'))
    check_refusal(
        grafana_workspace.run_tailboard("publish", "good.py", "other.py"),
        "'Good'",
        "'Other'",
        "uid 'good'",
    )
    assert memory_grafana.list_documents() == {}


# Options and settings

WRONG_ARGUMENTS: list[tuple[list[str], list[str]]] = [
    (["plan", "good.py", "--folder", "a/b/c/d/e/f"], ["--folder", "6 deep", "at most 5"]),
    (["plan", "good.py", "--folder", "uid:a/b"], ["--folder", "/dashboards/f/UID"]),
    (["plan", "good.py", "--folder", "a\nb"], ["--folder", "no text"]),
    (["plan", "good.py", "--owner", ""], ["--owner", "small letters"]),
    (["plan", "good.py", "--owner", "Shop"], ["--owner", "small letters"]),
    (["plan", "good.py", "--owner", "-shop"], ["--owner", "only between them"]),
    (["plan", "good.py", "--owner", "a" * 41], ["--owner", "1 to 40"]),
    (["plan", "good.py", "--owner", "../x"], ["--owner"]),
    (["plan", "good.py", "--api", "classsic"], ["did you mean 'classic'?"]),
    (["plan", "good.py", "--org", "0"], ["--org"]),
    (["publish", "good.py", "--max-delete", "-1"], ["--max-delete"]),
    (["publish", "good.py", "--on-error", "stop"], ["--on-error"]),
    (["publish", "good.py", "--scrape-interval", "often"], ["'often' is not a duration"]),
    (["publish", "good.py", "--prune"], ["--owner NAME"]),
    (["publish", "good.py", "--state", "good.py"], ["--state"]),
    (["publish", "good.py", "--state", "good.py/deep"], ["good.py/deep", "--state DIR"]),
    (["rollback"], ["RUN"]),
    (["rollback", "../../etc/passwd"], ["not the name of a run", "such as 2"]),
    (["rollback", f"{FIRST_RUN}/../x"], ["not the name of a run"]),
    (["rollback", FIRST_RUN], ["nothing is known of a run", "--owner and --state"]),
    (["pull"], ["which dashboards?", "--all"]),
    (["pull", "good", "--all"], ["which dashboards?"]),
    (["pull", "good", "--out", "good.py"], ["--out"]),
]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    WRONG_ARGUMENTS,
    ids=[" ".join(case[0]).replace("\n", "-") for case in WRONG_ARGUMENTS],
)
def test_wrong_usage_is_told_and_changes_nothing(
    grafana_workspace: Workspace,
    memory_grafana: MemoryGrafana,
    arguments: list[str],
    expected: list[str],
) -> None:
    before = list_files(grafana_workspace.root)
    check_refusal(grafana_workspace.run_tailboard(*arguments), *expected)
    assert memory_grafana.list_documents() == {}
    assert list_files(grafana_workspace.root) == before


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("owner = 5", ["'owner'", "5"]),
        ('owner = "Shop"', ["--owner", "'Shop'"]),
        ('grafana_folder = ["Shop"]', ["'grafana_folder'", "not text"]),
        ('grafana_folder = "a/b/c/d/e/f"', ["6 deep"]),
        ("state = true", ["'state'"]),
        ('state = "good.py"', ["--state"]),
        ('grafana_url = "nonsense"', ["no address of a server"]),
        ("grafana_url = 7", ["'grafana_url'"]),
        ('folder = "Shop"', ["did you mean 'grafana_folder'?"]),
        ('grafana_token = "hush"', ["come from the environment"]),
    ],
)
def test_wrong_settings_are_told(
    grafana_workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    settings: str,
    expected: list[str],
) -> None:
    monkeypatch.delenv("GRAFANA_URL")
    grafana_workspace.write_file("tailboard.toml", f"{settings}\n")
    run = grafana_workspace.run_tailboard("publish", "good.py")
    check_refusal(run, *expected)
    assert "hush" not in run.output


def test_settings_say_whose_where_and_where_runs_are_kept(
    grafana_workspace: Workspace, memory_grafana: MemoryGrafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRAFANA_URL")
    grafana_workspace.write_file(
        "tailboard.toml",
        f"""
        owner = "shop"
        grafana_folder = "Shop / Orders"
        grafana_url = "{memory_grafana.url}"
        state = "kept"
        """,
    )
    (grafana_workspace.root / "deep").mkdir()
    monkeypatch.chdir(grafana_workspace.root / "deep")
    assert grafana_workspace.run_tailboard("publish", "../good.py").exit_code == 0
    assert {value.title for value in memory_grafana.store.folders.values()} == {"Shop", "Orders"}
    assert list((grafana_workspace.root / "kept/runs").glob("*.json"))
    assert grafana_workspace.run_tailboard("plan", "../good.py", "--exit-code").exit_code == 0
    result = grafana_workspace.run_tailboard("plan", "../good.py", "--owner", "other", "--json")
    assert {item["state"] for item in result.json["items"] if item["uid"] == "good"} == {"foreign"}


# Where Grafana is, and who asks


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", "which Grafana?"),
        ("nonsense", "no address of a server"),
        ("http://", "no address of a server"),
        ("ftp://grafana", "no address of a server"),
        ("http://[::1", "no address of a server"),
        ("http://127.0.0.1:99999", "no address of a server"),
        ("http://ada:hush@127.0.0.1", "belong in the environment"),
        ("http://127.0.0.1:1", "cannot be reached"),
        ("http://grafana.example.com", "--allow-http"),
    ],
)
def test_an_address_that_is_none_is_told(
    grafana_workspace: Workspace, monkeypatch: pytest.MonkeyPatch, address: str, expected: str
) -> None:
    monkeypatch.setenv("GRAFANA_URL", address)
    run = grafana_workspace.run_tailboard("plan", "good.py")
    check_refusal(run, expected)
    assert "hush" not in run.output


@pytest.mark.parametrize(
    ("environment", "expected", "code"),
    [
        ({"GRAFANA_TOKEN": "hu\nsh"}, "cannot send", 2),
        ({"GRAFANA_TOKEN": "„hush“"}, "cannot send", 2),
        ({"GRAFANA_TOKEN": "hush"}, "401", 3),
        ({"GRAFANA_TOKEN": ""}, "wants credentials", 3),
        ({"GRAFANA_USER": "ada", "GRAFANA_PASSWORD": "hush"}, "both set", 2),
        ({"GRAFANA_TOKEN_FILE": "hush"}, "both set", 2),
        ({"GRAFANA_PASSWORD": "hush"}, "GRAFANA_USER is not set", 2),
        ({"GRAFANA_HEADERS": "hush"}, "line 1", 2),
        ({"GRAFANA_ORG_ID": "first"}, "GRAFANA_ORG_ID", 2),
    ],
    ids=lambda arguments: "-".join(arguments) if isinstance(arguments, dict) else None,
)
def test_credentials_that_cannot_be_are_told_and_never_shown(
    grafana_workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    environment: Mapping[str, str],
    expected: str,
    code: int,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    run = grafana_workspace.run_tailboard("plan", "good.py")
    check_refusal(run, expected, code=code)
    assert "hush" not in run.output


def test_a_token_that_may_not_write_exits_3_and_says_which_role_may(
    grafana_workspace: Workspace, memory_grafana: MemoryGrafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", memory_grafana.create_token("viewer"))
    check_refusal(
        grafana_workspace.run_tailboard("publish", "good.py"), "not allowed", "Editor", code=3
    )


# Pulling


@pytest.mark.parametrize(
    "uid",
    ["a/b", "../good", "..", ".", "/etc/passwd", "订单", "x" * 300, "%2e%2e", "good\n", "a b"],
)
def test_a_uid_that_is_none_is_refused_before_anybody_is_asked(
    grafana_workspace: Workspace, memory_grafana: MemoryGrafana, uid: str
) -> None:
    before = list_files(grafana_workspace.root)
    check_refusal(grafana_workspace.run_tailboard("pull", "--", uid), "is no uid", "/d/UID/")
    assert memory_grafana.count_requests() == 0
    assert list_files(grafana_workspace.root) == before


def test_what_is_not_there_is_told_beside_what_is(grafana_workspace: Workspace) -> None:
    grafana_workspace.run_tailboard("publish", "good.py")
    check_refusal(
        grafana_workspace.run_tailboard("pull", "nowhere"), "no dashboard nowhere", code=1
    )
    run = grafana_workspace.run_tailboard("pull", "good", "nowhere", "--json")
    check_refusal(run, "no dashboard nowhere", code=4)
    assert run.json == {**run.json, "missing": ["nowhere"], "written": ["pulled/good.json"]}


def test_what_was_pulled_before_is_not_written_again(grafana_workspace: Workspace) -> None:
    grafana_workspace.run_tailboard("publish", "good.py")
    assert "1 file written in pulled" in grafana_workspace.run_tailboard("pull", "good").stderr
    assert (
        "0 files written in pulled, 1 as before"
        in grafana_workspace.run_tailboard("pull", "good").stderr
    )
    grafana_workspace.write_file("pulled/good.json", "{}")
    check_refusal(
        grafana_workspace.run_tailboard("pull", "good"), "would be overwritten", "--force"
    )


def test_an_owner_that_published_nothing_is_named(grafana_workspace: Workspace) -> None:
    run = grafana_workspace.run_tailboard("pull", "--all", "--owner", "nobody")
    assert run.exit_code == 0
    assert "'nobody'" in run.stderr
    assert "--owner" in run.stderr


# Where nobody listens


def count_published(memory_grafana: MemoryGrafana) -> int:
    """How many of the many dashboards are there."""
    return sum(uid.startswith("d") for uid in memory_grafana.list_documents())


@pytest.mark.parametrize(
    "script",
    mark_slow(
        [
            "tailboard publish many.py | head -1; exit ${PIPESTATUS[0]}",
            "tailboard publish many.py | true; exit ${PIPESTATUS[0]}",
            "tailboard publish many.py >&-",
            "tailboard publish many.py >&- 2>&-",
            "tailboard publish many.py 2>&-",
            "tailboard publish many.py <&-",
        ],
        ["tailboard publish many.py | true; exit ${PIPESTATUS[0]}"],
    ),
)
def test_what_was_begun_is_done_although_nobody_reads(
    grafana_workspace: Workspace, memory_grafana: MemoryGrafana, script: str
) -> None:
    assert run_shell(grafana_workspace, script).exit_code == 0
    assert count_published(memory_grafana) == DASHBOARD_COUNT


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_what_was_begun_is_done_although_the_disk_is_full(
    grafana_workspace: Workspace, memory_grafana: MemoryGrafana
) -> None:
    assert run_shell(grafana_workspace, "tailboard publish many.py >/dev/full").exit_code == 0
    assert count_published(memory_grafana) == DASHBOARD_COUNT


def test_a_report_of_the_run_is_kept_although_nobody_reads_the_errors(
    grafana_workspace: Workspace, memory_grafana: MemoryGrafana
) -> None:
    memory_grafana.add_dashboard("d0", {"title": "Theirs"})
    run_shell(grafana_workspace, "tailboard publish many.py 2>&1 | true")
    assert count_published(memory_grafana) == DASHBOARD_COUNT
    (path,) = (grafana_workspace.root / ".tailboard/runs").glob("*.json")
    (report,) = json.loads(path.read_bytes())["targets"]
    assert {dashboard["result"] for dashboard in report["dashboards"]} == {"done"}


def test_a_locale_without_our_letters_breaks_nothing(
    grafana_workspace: Workspace, memory_grafana: MemoryGrafana
) -> None:
    grafana_workspace.write_file(
        "good.py", GOOD_DEFINITION.replace('Dashboard("Good"', 'Dashboard("订单"')
    )
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    run = run_shell(grafana_workspace, "tailboard publish good.py", **plain)
    assert run.exit_code == 0, run.stderr
    assert memory_grafana.list_documents()["good"]["title"] == "订单"


def test_a_narrow_terminal_cuts_no_line_of_a_plan(grafana_workspace: Workspace) -> None:
    assert (
        "create       dashboard 'Good' (good)\n"
        in run_shell(grafana_workspace, "tailboard plan good.py", COLUMNS="20").stdout
    )


@pytest.mark.parametrize(("name", "colored"), [("NO_COLOR", False), ("FORCE_COLOR", True)])
def test_colours_are_as_they_are_wanted(
    grafana_workspace: Workspace, monkeypatch: pytest.MonkeyPatch, name: str, colored: bool
) -> None:
    monkeypatch.setenv(name, "1")
    for command in ("plan", "publish"):
        assert ("\x1b[32m" in grafana_workspace.run_tailboard(command, "good.py").stdout) == colored


def test_machines_get_no_colour(
    grafana_workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    for option in ("--json", "--markdown"):
        assert "\x1b" not in grafana_workspace.run_tailboard("plan", "good.py", option).stdout
    assert "\x1b" not in grafana_workspace.run_tailboard("publish", "good.py", "--json").stdout


def test_an_interrupted_publish_exits_130_and_names_its_run(
    grafana_workspace: Workspace, memory_grafana: MemoryGrafana
) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", RUN_PROGRAM, "publish", "many.py"],
        cwd=grafana_workspace.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    memory_grafana.add_hook("POST", "/dashboards", lambda: child.send_signal(signal.SIGINT))
    _, text = child.communicate(timeout=60)
    assert child.returncode == 130, text
    assert "Traceback" not in text
    (path,) = (grafana_workspace.root / ".tailboard/runs").glob("*.json")
    assert path.stem in text
    assert grafana_workspace.run_tailboard("publish", "many.py").exit_code == 0
    assert count_published(memory_grafana) == DASHBOARD_COUNT
