"""Answers of another shape than Grafana's, at any request: an error, and a run with its report."""

import copy
import dataclasses
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tailboard.publish.http import retry
from tests.example_counts import count_examples
from tests.grafana.grafana_under_test import GrafanaUnderTest
from tests.grafana.memory import MemoryGrafana
from tests.grafana.memory.answer import Answer
from tests.publish.grafana.publisher import Publisher, read_run_name, set_query
from tests.workspace import Workspace

COMMANDS = {
    "plan": ("plan", "definitions"),
    "publish": ("publish", "definitions", "--force", "--adopt", "--no-data-source-check"),
    "prune": ("publish", "definitions", "--prune", "--owner", "shop"),
    "pull": ("pull", "edited", "orders", "--force"),
    "pull all": ("pull", "--all", "--force"),
    "rollback": ("rollback", "RUN", "--force"),
    "rollback from history": ("rollback", "RUN", "--force", "--state", "other"),
}

TYPICAL_CASES = {
    *(("apis", name) for name in ("plan", "publish", "prune", "pull", "rollback")),
    ("classic", "publish"),
}


@dataclasses.dataclass(frozen=True)
class Mutation:
    """A value to put into the body of one answer; the steps choose where."""

    request: int
    steps: tuple[int, ...]
    value: Any

    def apply(self, body: Any) -> Any:
        """The body with the value in the place that the steps lead to."""
        return _replace(copy.deepcopy(body), self.steps, self.value)


def _replace(body: Any, steps: tuple[int, ...], value: Any) -> Any:
    if not steps or not isinstance(body, dict | list) or not body:
        return value
    keys = sorted(body) if isinstance(body, dict) else range(len(body))
    key = keys[steps[0] % len(body)]
    body[key] = _replace(body[key], steps[1:], value)
    return body


class MutatingGrafana(MemoryGrafana):
    """A Grafana in memory; the body of one answer, and of the same requests after it, is wild."""

    mutation: Mutation | None = None
    count = 0

    def answer(self, method: str, target: str, headers: Mapping[str, str], raw: bytes) -> Answer:
        """Answer as Grafana does, or nearly so."""
        answer = super().answer(method, target, headers, raw)
        self.count += 1
        mutation = self.mutation
        if mutation and self.count > mutation.request and not isinstance(answer.body, bytes):
            if self.count == mutation.request + 1:
                self.target = method, target
            if (method, target) == self.target:
                return dataclasses.replace(answer, body=mutation.apply(answer.body))
        return answer


WILD_VALUES = st.recursive(
    st.one_of(
        st.sampled_from([None, True, 0, -1, 1.5, 2**70, "", "x", "a\0b", "..", "edited", "999"]),
        st.text(max_size=3),
    ),
    lambda values: st.one_of(
        st.lists(values, max_size=2),
        st.dictionaries(st.sampled_from(["uid", "name", "spec", "items", "a"]), values, max_size=2),
    ),
    max_leaves=4,
)
MUTATIONS = st.builds(
    Mutation,
    st.integers(0, 14),
    st.lists(st.integers(0, 20), max_size=6).map(tuple),
    WILD_VALUES,
)


@contextmanager
def run_grafana(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, *, apis: bool
) -> Iterator[tuple[MutatingGrafana, str]]:
    """A Grafana with dashboards of every state, and the run that published some of them."""
    shutil.rmtree(workspace.root, ignore_errors=True)
    workspace.root.mkdir()
    os.chdir(workspace.root)
    with MutatingGrafana(apis=apis) as server:
        token = server.create_token("administrator")
        bench = GrafanaUnderTest("wild", server, token, "apis" if apis else "classic", server)
        publisher = Publisher(workspace, bench, monkeypatch)
        publisher.set_url(server.url)
        publisher.set_token(token)
        for uid, folder in (("orders", "Shop/Orders"), ("edited", "Shop"), ("gone", "")):
            publisher.declare_dashboard(uid, folder=folder)
        publisher.run_publish("--owner", "shop")
        published = publisher.run_publish("--adopt")
        publisher.delete_definition("gone")
        publisher.declare_dashboard("orders", "up == 0", folder="Shop/New")
        publisher.declare_dashboard("new", folder="Other")
        publisher.declare_dashboard("foreign")
        set_query(server.store.dashboards["edited"].spec)
        server.add_dashboard("foreign", {"title": "Foreign", "panels": []})
        yield server, read_run_name(published)


@pytest.mark.parametrize(
    ("apis", "name"),
    [
        pytest.param(
            apis,
            name,
            id=f"{api}-{name}",
            marks=() if (api, name) in TYPICAL_CASES else pytest.mark.slow,
        )
        for api, apis in (("apis", True), ("classic", False))
        for name in COMMANDS
    ],
)
@settings(
    max_examples=count_examples(5),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(mutation=MUTATIONS)
@example(mutation=Mutation(1, (), None))
@example(mutation=Mutation(3, (1,), [None]))
@example(mutation=Mutation(5, (), {}))
def test_an_answer_of_another_shape_is_an_error_and_a_run_has_its_report(
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    apis: bool,
    name: str,
    mutation: Mutation,
) -> None:
    monkeypatch.setattr(retry, "MAX_BACKOFF", 0.0)
    wild_workspace = dataclasses.replace(workspace, root=workspace.root / "wild")
    with run_grafana(wild_workspace, monkeypatch, apis=apis) as (server, run_name):
        old_reports = list_reports()
        server.count, server.mutation = 0, mutation
        arguments = [run_name if part == "RUN" else part for part in COMMANDS[name]]
        run = workspace.run_tailboard(*arguments, "--api", "apis" if apis else "classic")
    assert run.exit_code in {0, 1, 2, 3, 4}, run.output
    for report in list_reports() - old_reports:
        assert json.loads(report.read_bytes())["run"] == report.stem
        assert f"(run {report.stem})" in run.stderr


def list_reports() -> set[Path]:
    return set(Path.cwd().glob("*/runs/*.json"))
