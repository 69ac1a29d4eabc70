"""Documents of schema v2 that Grafana's own source tree has, through a real Grafana and back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.grafana.real_grafana import find_home, find_installation
from tests.grafana.scenarios import GROUP
from tests.publish.grafana.publisher import Publisher

SAMPLES_FOLDER = Path("apps/dashboard/pkg/migration/conversion/testdata")
SAMPLE_COUNT = 60
"""Of more than two hundred, evenly chosen: all of them take seven minutes."""

KEPT_STATES = {"unchanged"}


def list_samples() -> Iterator[dict[str, Any]]:
    """The resources of schema v2 in the source tree beside the `grafana` of this machine."""
    installation = find_installation()
    home = find_home(installation) if installation else None
    paths = sorted((home / SAMPLES_FOLDER).rglob("*.json")) if home else []
    for path in paths:
        resource = json.loads(path.read_bytes())
        version = str(resource.get("apiVersion", "")).rpartition("/")[2]
        if version.startswith("v2") and resource.get("spec"):
            yield resource


def store_samples(publisher: Publisher) -> list[str]:
    """The uids of the samples that the server took, as it takes them from a browser."""
    uids = []
    samples = list(list_samples())
    step = max(len(samples) // SAMPLE_COUNT, 1)
    for number, resource in enumerate(samples[::step]):
        uid = f"wild-{number}"
        version = resource["apiVersion"].rpartition("/")[2]
        path = f"{GROUP}/{version}/namespaces/default/dashboards?fieldValidation=Ignore"
        body = {"kind": "Dashboard", "metadata": {"name": uid}, "spec": resource["spec"]}
        body["apiVersion"] = resource["apiVersion"]
        if publisher.grafana.send_request("POST", path, body).ok:
            uids.append(uid)
    return uids


def test_wild_documents_are_pulled_built_published_and_then_unchanged(
    publisher: Publisher,
) -> None:
    if publisher.grafana.kind != "real apis of schema v2":
        pytest.skip("only a real server knows the samples")
    uids = store_samples(publisher)
    if not uids:
        pytest.skip("no source tree beside the grafana of this machine")
    pulled = publisher.run_pull(*uids, "--out", "definitions", "--json")
    assert len(pulled.json["written"]) == len(uids)
    assert publisher.workspace.run_tailboard("build", "definitions").exit_code == 0
    assert publisher.workspace.run_tailboard("lint", "definitions").exit_code in {0, 1}
    for item in publisher.plan_items().values():
        assert (item["state"], item["differences"]) == ("foreign", []), item
    publisher.run_publish("--adopt")
    assert set(publisher.plan_states().values()) == KEPT_STATES
    for uid in uids:  # a save in the browser changes nothing
        publisher.grafana.save_in_v2(uid, lambda document: None)
    assert set(publisher.plan_states().values()) == KEPT_STATES

    flat = publisher.run_pull(*uids, "--schema", "v1", "--out", "flat", "--json")
    assert len(flat.json["written"]) == len(uids)
    assert publisher.workspace.run_tailboard("build", "flat").exit_code == 0
