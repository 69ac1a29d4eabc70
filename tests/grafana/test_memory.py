"""The Grafana in memory answers as the recorded one did, and the recordings are still true."""

from pathlib import Path

import pytest

from tests.grafana import provisioned, recording
from tests.grafana.exchange import Answer, Target, normalised, play
from tests.grafana.memory import MemoryGrafana
from tests.grafana.random_walk import walk
from tests.grafana.real import RealGrafana, installed, started
from tests.grafana.scenarios import SCENARIOS
from tests.live.processes import wait_until


def assert_answers_as_recorded(scenario: str, target: Target) -> None:
    steps, expected = recording.read(scenario)
    answers = play(target, steps)
    for number, (step, answer, recorded) in enumerate(zip(steps, answers, expected, strict=True)):
        where = f"{scenario}, exchange {number}: {step.who} {step.method} {step.path}"
        assert _comparable(answer) == _comparable(recorded), where


def _comparable(answer: Answer) -> Answer:
    """The names of service accounts are made up anew in each run."""
    body = normalised(answer.body)
    if answer.status == 403 and isinstance(body, dict) and body.get("reason") == "Forbidden":
        body = {key: value for key, value in body.items() if key != "message"}
    return Answer(answer.status, answer.content_type, answer.location, body)


@pytest.mark.parametrize("scenario", sorted(SCENARIOS))
def test_the_memory_answers_as_the_real_one_did(scenario: str, memory: MemoryGrafana) -> None:
    assert_answers_as_recorded(scenario, memory)


def test_the_memory_treats_files_as_the_real_one_did(memory: MemoryGrafana) -> None:
    provisioned.provision(memory)
    assert_answers_as_recorded(provisioned.SCENARIO, memory)


def test_every_scenario_is_recorded_as_it_is_now() -> None:
    assert recording.recorded() == sorted([*SCENARIOS, provisioned.SCENARIO])
    for name, steps in [*SCENARIOS.items(), (provisioned.SCENARIO, provisioned.STEPS)]:
        assert recording.read(name)[0] == steps, name


@pytest.mark.slow
@pytest.mark.parametrize("scenario", sorted(SCENARIOS))
def test_the_recordings_are_true(scenario: str, real_grafana: RealGrafana) -> None:
    skip_unless_recorded_version(real_grafana)
    real_grafana.empty()
    assert_answers_as_recorded(scenario, real_grafana)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_the_memory_answers_as_the_real_one_what_was_never_recorded(
    seed: int, memory: MemoryGrafana, real_grafana: RealGrafana
) -> None:
    skip_unless_recorded_version(real_grafana)
    real_grafana.empty()
    steps = walk(seed)
    answers = zip(steps, play(memory, steps), play(real_grafana, steps), strict=True)
    for number, (step, ours, theirs) in enumerate(answers):
        assert _comparable(ours) == _comparable(theirs), (number, step)


@pytest.mark.slow
def test_the_recording_of_files_is_true(tmp_path: Path) -> None:
    if installed() is None:
        pytest.skip("no `grafana` with its home on this machine")
    provisioned.write_files(tmp_path / "provisioning")
    with started(tmp_path) as server:
        skip_unless_recorded_version(server)
        assert wait_until(lambda: provisioned.is_there(server), timeout=30)
        assert_answers_as_recorded(provisioned.SCENARIO, server)


def skip_unless_recorded_version(server: RealGrafana) -> None:
    if not server.throw_away:
        pytest.skip("only a server that may be emptied is asked what was recorded")
    if server.version() != recording.VERSION:
        pytest.skip(f"this is Grafana {server.version()}, not {recording.VERSION}")
