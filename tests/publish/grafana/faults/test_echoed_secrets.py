"""A server that repeats the secrets of a request: nothing that is printed or kept shows them."""

import dataclasses
import json
from collections.abc import Mapping

import pytest

from tailboard.publish.http import retry
from tests.grafana.memory import MemoryGrafana
from tests.grafana.memory.answer import Answer
from tests.workspace import Workspace

SECRETS = ("glsa_administrator", "hidden-value")


class EchoingGrafana(MemoryGrafana):
    """Refuses some requests, and says with which headers they came; names folders so, too."""

    status = 0
    method = "GET"

    def answer(self, method: str, target: str, headers: Mapping[str, str], raw: bytes) -> Answer:
        """Answer as Grafana does, or repeat the headers."""
        answer = super().answer(method, target, headers, raw)
        if self.status and method == self.method and "/dashboards/" in f"{target}/":
            return Answer(self.status, {"message": f"\x1b{dict(headers)}"})
        if method == "GET" and isinstance(answer.body, dict) and "spec" in answer.body:
            spec = {**answer.body["spec"], "title": f"T {headers['Authorization']}"}
            return dataclasses.replace(answer, body={**answer.body, "spec": spec})
        return answer


@pytest.mark.parametrize("command", ["plan", "publish"])
@pytest.mark.parametrize("status", [0, 400, 403, 500])
@pytest.mark.parametrize("as_json", [False, True])
def test_secrets_in_a_server_s_texts_are_not_shown(
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    status: int,
    as_json: bool,
) -> None:
    monkeypatch.setattr(retry, "MAX_BACKOFF", 0.0)
    monkeypatch.setenv("GRAFANA_TOKEN", SECRETS[0])
    monkeypatch.setenv("GRAFANA_HEADERS", f"X-Key: {SECRETS[1]}")
    path = workspace.write_file("a.json", json.dumps({"title": "A", "uid": "a", "panels": []}))
    with EchoingGrafana() as server:
        server.add_dashboard("a", {"title": "T", "panels": []})
        server.status, server.method = status, "PUT" if command == "publish" else "GET"
        options = ["--adopt"] if command == "publish" else []
        options += ["--json"] if as_json else []
        run = workspace.run_tailboard(
            command, path, "--grafana", server.url, "--no-data-source-check", *options
        )
    assert all(secret not in run.output for secret in SECRETS)
    if status and command == "plan" and status != 403:
        assert "***" in run.output
    for report in workspace.root.glob(".tailboard/runs/*.json"):
        (target,) = json.loads(report.read_bytes())["targets"]
        texts = json.dumps([{**entry, "before": None} for entry in target["dashboards"]])
        assert all(secret not in texts for secret in SECRETS)


def test_only_the_user_who_publishes_may_read_what_is_kept_of_a_run(
    workspace: Workspace, memory_grafana: MemoryGrafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", "glsa_administrator")
    path = workspace.write_file("a.json", json.dumps({"title": "A", "uid": "a", "panels": []}))
    (workspace.root / ".tailboard/runs").mkdir(parents=True, mode=0o755)
    run = workspace.run_tailboard(
        "publish", path, "--grafana", memory_grafana.url, "--no-data-source-check"
    )
    assert run.exit_code == 0, run.output
    folder = workspace.root / ".tailboard/runs"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [file.stat().st_mode & 0o777 for file in folder.iterdir()] == [0o600]


def test_a_token_s_file_that_others_may_read_is_reported(
    workspace: Workspace, memory_grafana: MemoryGrafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = workspace.write_file("token", "glsa_administrator")
    file.chmod(0o644)
    monkeypatch.setenv("GRAFANA_TOKEN_FILE", str(file))
    path = workspace.write_file("a.json", json.dumps({"title": "A", "uid": "a", "panels": []}))
    run = workspace.run_tailboard("plan", path, "--grafana", memory_grafana.url)
    assert f"{file} holds a secret, and every user of this machine may read it" in run.stderr
