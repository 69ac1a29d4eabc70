"""The Grafana in memory answers as the recorded one did, and the recordings are still true."""

from pathlib import Path

import pytest

from tests.grafana import provisioned_dashboards, recording
from tests.grafana.exchange import Answer, GrafanaServer, normalize_value, play_steps
from tests.grafana.memory import MemoryGrafana
from tests.grafana.random_requests import generate_steps
from tests.grafana.real_grafana import RealGrafana, find_installation, run_grafana
from tests.grafana.scenarios import SCENARIOS
from tests.live.processes import wait_until


def check_answers(scenario: str, target: GrafanaServer) -> None:
    steps, expected = recording.read_recording(scenario)
    answers = play_steps(target, steps)
    for number, (step, answer, recorded) in enumerate(zip(steps, answers, expected, strict=True)):
        place = f"{scenario}, exchange {number}: {step.who} {step.method} {step.path}"
        assert _mask_account_names(answer) == _mask_account_names(recorded), place


def _mask_account_names(answer: Answer) -> Answer:
    """The names of service accounts are made up anew in each run."""
    body = normalize_value(answer.body)
    if answer.status == 403 and isinstance(body, dict) and body.get("reason") == "Forbidden":
        body = {key: value for key, value in body.items() if key != "message"}
    return Answer(answer.status, answer.content_type, answer.location, body)


@pytest.mark.parametrize("scenario", sorted(SCENARIOS))
def test_the_memory_answers_as_the_real_one_did(
    scenario: str, memory_grafana: MemoryGrafana
) -> None:
    check_answers(scenario, memory_grafana)


def test_the_memory_treats_files_as_the_real_one_did(memory_grafana: MemoryGrafana) -> None:
    provisioned_dashboards.provision_memory(memory_grafana)
    check_answers(provisioned_dashboards.SCENARIO, memory_grafana)


def test_every_scenario_is_recorded_as_it_is_now() -> None:
    assert recording.list_recordings() == sorted([*SCENARIOS, provisioned_dashboards.SCENARIO])
    for name, steps in [
        *SCENARIOS.items(),
        (provisioned_dashboards.SCENARIO, provisioned_dashboards.STEPS),
    ]:
        assert recording.read_recording(name)[0] == steps, name


@pytest.mark.slow
@pytest.mark.parametrize("scenario", sorted(SCENARIOS))
def test_the_recordings_are_true(scenario: str, real_grafana: RealGrafana) -> None:
    require_recorded_version(real_grafana)
    real_grafana.delete_items()
    check_answers(scenario, real_grafana)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_the_memory_answers_as_the_real_one_what_was_never_recorded(
    seed: int, memory_grafana: MemoryGrafana, real_grafana: RealGrafana
) -> None:
    require_recorded_version(real_grafana)
    real_grafana.delete_items()
    steps = generate_steps(seed)
    answers = zip(
        steps, play_steps(memory_grafana, steps), play_steps(real_grafana, steps), strict=True
    )
    for number, (step, expected_answer, answer) in enumerate(answers):
        assert _mask_account_names(expected_answer) == _mask_account_names(answer), (number, step)


@pytest.mark.slow
def test_the_recording_of_files_is_true(tmp_path: Path) -> None:
    if find_installation() is None:
        pytest.skip("no `grafana` with its home on this machine")
    provisioned_dashboards.write_provisioning_files(tmp_path / "provisioning")
    with run_grafana(tmp_path) as server:
        require_recorded_version(server)
        assert wait_until(lambda: provisioned_dashboards.is_provisioned(server), timeout=30)
        check_answers(provisioned_dashboards.SCENARIO, server)


def require_recorded_version(server: RealGrafana) -> None:
    if not server.is_disposable:
        pytest.skip("only a server that may be emptied is asked what was recorded")
    if server.fetch_version() != recording.VERSION:
        pytest.skip(f"this is Grafana {server.fetch_version()}, not {recording.VERSION}")
