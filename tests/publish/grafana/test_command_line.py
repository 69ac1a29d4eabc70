"""What the commands of publishing say to wrong input, and where nobody listens."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tailboard.publish.http import retry
from tests.grafana.memory import MemoryGrafana
from tests.publish.workshop import GOOD, RUN, Run, Workshop

MANY = 40
DECLARING_MANY = f"""
from tailboard.dashboards import Dashboard

dashboards = [Dashboard(f"D{{it}}", uid=f"d{{it}}", rows=[]) for it in range({MANY})]
"""
UNSET = ("GRAFANA_", "GITHUB_")
FIRST_RUN = "20261120-184800-3fa2c1"


@pytest.fixture
def site(workshop: Workshop, memory: MemoryGrafana, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A folder with a definition, and a Grafana with a data source that is known to commands."""
    for name in list(os.environ):
        if name.startswith(UNSET) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GRAFANA_URL", memory.url)
    monkeypatch.setenv("GRAFANA_TOKEN", memory.token("editor"))
    monkeypatch.setattr(retry, "MAX_BACKOFF", 0.0)
    prom = {"uid": "prom", "name": "Prom", "type": "prometheus", "isDefault": True, "jsonData": {}}
    memory.store.data_sources["prom"] = prom
    workshop.write("good.py", GOOD)
    workshop.write("many.py", DECLARING_MANY)
    return workshop


def refused(run: Run, *says: str, code: int = 2) -> None:
    """A run ended with this code and a message for people."""
    assert run.code == code, run.said
    assert "Traceback" not in run.said
    assert "Error: " in run.err
    for it in says:
        assert it in run.err, run.err


def shell(site: Workshop, script: str, **environment: str) -> Run:
    """Run a line of a shell in which `tailboard` is the command."""
    program = f'tailboard() {{ "{sys.executable}" -c "{RUN}" "$@"; }}\n'
    done = subprocess.run(
        ["bash", "-c", program + script],
        cwd=site.root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Run(done.returncode, done.stdout, done.stderr)


def files(root: Path) -> set[str]:
    """Every file below a folder."""
    return {str(it.relative_to(root)) for it in root.rglob("*") if it.is_file()}


# What is declared


def test_an_empty_folder_publishes_nothing_and_says_why(
    site: Workshop, memory: MemoryGrafana
) -> None:
    (site.root / "empty").mkdir()
    refused(site.tailboard("publish", "empty"), "the folder holds no definition")
    assert memory.documents() == {}


def test_no_definition_at_all_is_wrong_usage(site: Workshop) -> None:
    for command in ("plan", "publish"):
        refused(site.tailboard(command), f"nothing to {command}", "--convention")


def test_one_broken_definition_keeps_all_from_being_published(
    site: Workshop, memory: MemoryGrafana
) -> None:
    site.write("broken.py", "dashboard = 1 / 0\n")
    refused(site.tailboard("publish", "good.py", "broken.py"), "broken.py", "ZeroDivisionError")
    assert memory.count("POST") == memory.count("PUT") == 0


def test_a_uid_that_is_declared_twice_is_told_with_both_dashboards(
    site: Workshop, memory: MemoryGrafana
) -> None:
    site.write("other.py", GOOD.replace('"Good"', '"Other"'))
    refused(site.tailboard("publish", "good.py", "other.py"), "'Good'", "'Other'", "uid 'good'")
    assert memory.documents() == {}


# Options and settings

WRONG: list[tuple[list[str], list[str]]] = [
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
    ("arguments", "says"), WRONG, ids=[" ".join(it[0]).replace("\n", "-") for it in WRONG]
)
def test_wrong_usage_is_told_and_changes_nothing(
    site: Workshop, memory: MemoryGrafana, arguments: list[str], says: list[str]
) -> None:
    before = files(site.root)
    refused(site.tailboard(*arguments), *says)
    assert memory.documents() == {}
    assert files(site.root) == before


@pytest.mark.parametrize(
    ("settings", "says"),
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
    site: Workshop, monkeypatch: pytest.MonkeyPatch, settings: str, says: list[str]
) -> None:
    monkeypatch.delenv("GRAFANA_URL")
    site.write("tailboard.toml", f"{settings}\n")
    run = site.tailboard("publish", "good.py")
    refused(run, *says)
    assert "hush" not in run.said


def test_settings_say_whose_where_and_where_runs_are_kept(
    site: Workshop, memory: MemoryGrafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRAFANA_URL")
    site.write(
        "tailboard.toml",
        f"""
        owner = "shop"
        grafana_folder = "Shop / Orders"
        grafana_url = "{memory.url}"
        state = "kept"
        """,
    )
    (site.root / "deep").mkdir()
    monkeypatch.chdir(site.root / "deep")
    assert site.tailboard("publish", "../good.py").code == 0
    assert {it.title for it in memory.store.folders.values()} == {"Shop", "Orders"}
    assert list((site.root / "kept/runs").glob("*.json"))
    assert site.tailboard("plan", "../good.py", "--exit-code").code == 0
    other = site.tailboard("plan", "../good.py", "--owner", "other", "--json")
    assert {it["state"] for it in other.json["items"] if it["uid"] == "good"} == {"foreign"}


# Where Grafana is, and who asks


@pytest.mark.parametrize(
    ("address", "says"),
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
    site: Workshop, monkeypatch: pytest.MonkeyPatch, address: str, says: str
) -> None:
    monkeypatch.setenv("GRAFANA_URL", address)
    run = site.tailboard("plan", "good.py")
    refused(run, says)
    assert "hush" not in run.said


@pytest.mark.parametrize(
    ("environment", "says", "code"),
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
    ids=lambda it: "-".join(it) if isinstance(it, dict) else None,
)
def test_credentials_that_cannot_be_are_told_and_never_shown(
    site: Workshop,
    monkeypatch: pytest.MonkeyPatch,
    environment: Mapping[str, str],
    says: str,
    code: int,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    run = site.tailboard("plan", "good.py")
    refused(run, says, code=code)
    assert "hush" not in run.said


def test_a_token_that_may_not_write_exits_3_and_says_which_role_may(
    site: Workshop, memory: MemoryGrafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", memory.token("viewer"))
    refused(site.tailboard("publish", "good.py"), "not allowed", "Editor", code=3)


# Pulling


@pytest.mark.parametrize(
    "uid",
    ["a/b", "../good", "..", ".", "/etc/passwd", "订单", "x" * 300, "%2e%2e", "good\n", "a b"],
)
def test_a_uid_that_is_none_is_refused_before_anybody_is_asked(
    site: Workshop, memory: MemoryGrafana, uid: str
) -> None:
    before = files(site.root)
    refused(site.tailboard("pull", "--", uid), "is no uid", "/d/UID/")
    assert memory.count() == 0
    assert files(site.root) == before


def test_what_is_not_there_is_told_beside_what_is(site: Workshop) -> None:
    site.tailboard("publish", "good.py")
    refused(site.tailboard("pull", "nowhere"), "no dashboard nowhere", code=1)
    run = site.tailboard("pull", "good", "nowhere", "--json")
    refused(run, "no dashboard nowhere", code=4)
    assert run.json == {"missing": ["nowhere"], "written": ["pulled/good.json"]}


def test_what_was_pulled_before_is_not_written_again(site: Workshop) -> None:
    site.tailboard("publish", "good.py")
    assert "1 file written in pulled" in site.tailboard("pull", "good").err
    assert "0 files written in pulled, 1 as before" in site.tailboard("pull", "good").err
    site.write("pulled/good.json", "{}")
    refused(site.tailboard("pull", "good"), "would be overwritten", "--force")


def test_an_owner_that_published_nothing_is_named(site: Workshop) -> None:
    run = site.tailboard("pull", "--all", "--owner", "nobody")
    assert run.code == 0
    assert "'nobody'" in run.err
    assert "--owner" in run.err


# Where nobody listens


def published(memory: MemoryGrafana) -> int:
    """How many of the many dashboards are there."""
    return sum(uid.startswith("d") for uid in memory.documents())


@pytest.mark.parametrize(
    "script",
    [
        "tailboard publish many.py | head -1; exit ${PIPESTATUS[0]}",
        "tailboard publish many.py | true; exit ${PIPESTATUS[0]}",
        "tailboard publish many.py >&-",
        "tailboard publish many.py >&- 2>&-",
        "tailboard publish many.py 2>&-",
        "tailboard publish many.py <&-",
    ],
)
def test_what_was_begun_is_done_although_nobody_reads(
    site: Workshop, memory: MemoryGrafana, script: str
) -> None:
    assert shell(site, script).code == 0
    assert published(memory) == MANY


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_what_was_begun_is_done_although_the_disk_is_full(
    site: Workshop, memory: MemoryGrafana
) -> None:
    assert shell(site, "tailboard publish many.py >/dev/full").code == 0
    assert published(memory) == MANY


def test_a_report_of_the_run_is_kept_although_nobody_reads_the_errors(
    site: Workshop, memory: MemoryGrafana
) -> None:
    memory.add("d0", {"title": "Theirs"})
    shell(site, "tailboard publish many.py 2>&1 | true")
    assert published(memory) == MANY
    (path,) = (site.root / ".tailboard/runs").glob("*.json")
    report: Any = json.loads(path.read_bytes())
    assert {it["result"] for it in report["dashboards"]} == {"done"}


def test_a_locale_without_our_letters_breaks_nothing(site: Workshop, memory: MemoryGrafana) -> None:
    site.write("good.py", GOOD.replace('Dashboard("Good"', 'Dashboard("订单"'))
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    run = shell(site, "tailboard publish good.py", **plain)
    assert run.code == 0, run.err
    assert memory.documents()["good"]["title"] == "订单"


def test_a_narrow_terminal_cuts_no_line_of_a_plan(site: Workshop) -> None:
    assert (
        "create       dashboard 'Good' (good)\n"
        in shell(site, "tailboard plan good.py", COLUMNS="20").out
    )


@pytest.mark.parametrize(("name", "colored"), [("NO_COLOR", False), ("FORCE_COLOR", True)])
def test_colours_are_as_they_are_wanted(
    site: Workshop, monkeypatch: pytest.MonkeyPatch, name: str, colored: bool
) -> None:
    monkeypatch.setenv(name, "1")
    for command in ("plan", "publish"):
        assert ("\x1b[32m" in site.tailboard(command, "good.py").out) == colored


def test_machines_get_no_colour(site: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    for option in ("--json", "--markdown"):
        assert "\x1b" not in site.tailboard("plan", "good.py", option).out
    assert "\x1b" not in site.tailboard("publish", "good.py", "--json").out


def test_an_interrupted_publish_exits_130_and_names_its_run(
    site: Workshop, memory: MemoryGrafana
) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", RUN, "publish", "many.py"],
        cwd=site.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    memory.before("POST", "/dashboards", lambda: child.send_signal(signal.SIGINT))
    _, said = child.communicate(timeout=60)
    assert child.returncode == 130, said
    assert "Traceback" not in said
    (path,) = (site.root / ".tailboard/runs").glob("*.json")
    assert path.stem in said
    assert site.tailboard("publish", "many.py").code == 0
    assert published(memory) == MANY
