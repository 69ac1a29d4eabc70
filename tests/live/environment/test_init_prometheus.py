"""`tailboard init --prometheus` of real applications: what it writes is right at once."""

from pathlib import Path

import pytest

from tailboard.cli.main import main
from tests.live.apps import APPS
from tests.live.live_environment import LiveEnvironment
from tests.live.steady_load import run_steady_load
from tests.prometheus_programs import list_prometheus_programs

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and no proxy on the way."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.mark.parametrize("app", APPS)
def test_what_is_written_of_a_job_builds_lints_and_checks(
    live_environment: LiveEnvironment, app: str, capsys: pytest.CaptureFixture[str]
) -> None:
    server = ["--prometheus", live_environment.prometheus.url]
    job = live_environment.jobs[app]["busy"]
    for arguments in (
        ["init", *server, "--job", job, "--out", "it.py"],
        ["build", "it.py"],
        ["lint", "it.py"],
        ["check", "it.py", *server],
    ):
        assert main(arguments) == 0, "".join(capsys.readouterr())
    text = Path("it.py").read_text()
    assert f'selector={{"job": "{job}"}}' in text


@pytest.mark.parametrize("app", APPS)
def test_fifteen_minutes_of_the_load_that_was_seen_fire_no_alert(
    live_environment: LiveEnvironment, app: str, capsys: pytest.CaptureFixture[str]
) -> None:
    prometheus, job = live_environment.prometheus, live_environment.jobs[app]["clean"]
    assert main(["init", "--prometheus", prometheus.url, "--job", job, "--out", "shop.py"]) == 0
    assert main(["build", "shop.py", "--out", "built"]) == 0, "".join(capsys.readouterr())
    rule_files = [*Path("built/rules").glob("*.rules.yaml")]
    assert rule_files or "Service(" not in Path("shop.py").read_text()
    for programs in list_prometheus_programs():
        assert not run_steady_load(prometheus, job, rule_files, programs.promtool)


def test_the_load_of_an_application_that_fails_does_fire_one(
    live_environment: LiveEnvironment,
) -> None:
    """One in eight requests fails, of which nothing is promised: that is what an alert is for."""
    prometheus, job = live_environment.prometheus, live_environment.jobs["litestar_app"]["busy"]
    assert main(["init", "--prometheus", prometheus.url, "--job", job, "--out", "shop.py"]) == 0
    assert "# No availability is promised: 1" in Path("shop.py").read_text()
    assert main(["build", "shop.py", "--out", "built"]) == 0
    rule_files = [*Path("built/rules").glob("*.rules.yaml")]
    said = run_steady_load(prometheus, job, rule_files, list_prometheus_programs()[0].promtool)
    assert "ErrorRatioHigh" in said
    assert "LatencyAboveObjective" not in said


def test_a_server_of_many_applications_lists_them_with_their_conventions(
    live_environment: LiveEnvironment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "--prometheus", live_environment.prometheus.url]) == 2
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows[0] == ["job", "targets", "convention"]
    assert [
        f"{live_environment.jobs['starlette_exporter']['busy']}",
        "1",
        "starlette_exporter",
    ] in rows
    assert [f"{live_environment.jobs['pushed_jobs']['busy']}", "0", "pushgateway_jobs"] in rows
    assert next(row for row in rows if row[0] == "pushgateway")[2].startswith("none")
