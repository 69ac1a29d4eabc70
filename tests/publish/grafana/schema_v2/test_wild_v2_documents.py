"""Documents of schema v2 that Grafana's own source tree has, through a real Grafana and back."""

from typing import Any

import pytest

from tailboard.dashboards.schema_v2.resource import find_version
from tests.dashboards.schema_v2.wild_documents import list_wild_resources
from tests.grafana.scenarios import GROUP
from tests.publish.grafana.publisher import Publisher

SAMPLE_COUNT = 60
"""Of more than two hundred, evenly chosen: all of them take seven minutes."""

SAMPLES = list_wild_resources()


def store_samples(publisher: Publisher) -> list[str]:
    """The uids of the samples that the server took, as it takes them from a browser."""
    uids = []
    step = max(len(SAMPLES) // SAMPLE_COUNT, 1)
    for number, resource in enumerate(SAMPLES[::step]):
        uid = f"wild-{number}"
        version = find_version({**resource["spec"], "apiVersion": resource["apiVersion"]})
        path = f"{GROUP}/{version}/namespaces/default/dashboards?fieldValidation=Ignore"
        body = {"kind": "Dashboard", "metadata": {"name": uid}, "spec": resource["spec"]}
        body["apiVersion"] = resource["apiVersion"]
        if publisher.grafana.send_request("POST", path, body).ok:
            uids.append(uid)
    return uids


def list_changed_items(publisher: Publisher) -> list[dict[str, Any]]:
    """What a plan would not leave unchanged."""
    items = publisher.plan_items().values()
    return [item for item in items if item["state"] != "unchanged"]


def test_wild_documents_are_pulled_built_published_and_then_unchanged(
    publisher: Publisher,
) -> None:
    if publisher.grafana.kind != "real apis of schema v2":
        pytest.skip("only a real server knows the samples")
    uids = store_samples(publisher)
    if not uids:
        pytest.skip("GRAFANA_SOURCE names no checkout")
    pulled = publisher.run_pull(*uids, "--out", "definitions", "--json")
    assert len(pulled.json["written"]) == len(uids)
    assert publisher.workspace.run_tailboard("build", "definitions").exit_code == 0
    assert publisher.workspace.run_tailboard("lint", "definitions").exit_code in {0, 1}
    for item in publisher.plan_items().values():
        assert (item["state"], item["differences"]) == ("foreign", []), item
    publisher.run_publish("--adopt")
    assert list_changed_items(publisher) == []
    for uid in uids:  # a save in the browser changes nothing
        publisher.grafana.save_in_v2(uid, lambda document: None)
    assert list_changed_items(publisher) == []

    flat = publisher.run_pull(*uids, "--schema", "v1", "--out", "flat", "--json")
    assert len(flat.json["written"]) == len(uids)
    assert publisher.workspace.run_tailboard("build", "flat").exit_code == 0
