"""`tailboard init --prometheus` of real applications: what it writes is right at once."""

from pathlib import Path

import pytest

from tailboard.cli.main import main
from tests.live.live_environment import LiveEnvironment

APPS = (
    "prometheus_client_fastapi",
    "starlette_exporter",
    "django_prometheus",
    "flask_exporter",
    "grpc_observability",
    "litestar_app",
    "otel_rpc",
    "otel_stable",
    "py_grpc_prometheus",
    "pushed_jobs",
)


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
