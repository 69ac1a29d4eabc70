"""Recorded exchanges: a file a scenario, with the version of the Grafana that answered."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.grafana.exchange import Answer, Step

FOLDER = Path(__file__).parent / "exchanges"
VERSION = "12.4.0"


def build_path(scenario: str, version: str = VERSION) -> Path:
    """Where a scenario's recording lies."""
    return FOLDER / version / f"{scenario}.json"


def write_recording(
    scenario: str, version: str, steps: Sequence[Step], answers: Sequence[Answer]
) -> Path:
    """Write what was asked and answered; the same run writes the same bytes."""
    exchanges = [
        {
            "request": _drop_empty(asdict(step)),
            "response": {"body": answer.body, **_drop_empty(asdict(answer))},
        }
        for step, answer in zip(steps, answers, strict=True)
    ]
    document = {"grafana": version, "scenario": scenario, "exchanges": exchanges}
    path = build_path(scenario, version)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    return path


def read_recording(scenario: str, version: str = VERSION) -> tuple[list[Step], list[Answer]]:
    """What was asked, and what the real server answered."""
    document = json.loads(build_path(scenario, version).read_text())
    exchanges = document["exchanges"]
    steps = [Step(**exchange["request"]) for exchange in exchanges]
    blank = {"content_type": "", "location": None, "body": None}
    answers = [Answer(**(blank | exchange["response"])) for exchange in exchanges]
    return steps, answers


def list_recordings(version: str = VERSION) -> list[str]:
    """The scenarios that were recorded."""
    return sorted(path.stem for path in (FOLDER / version).glob("*.json"))


def _drop_empty(fields: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in fields.items() if value not in (None, "", {}, [], ())}
