"""Dashboards of schema v2 that Grafana's developers wrote: published, unchanged, and pulled."""

import json

import pytest

from tests.dashboards.schema_v2.wild_documents import list_wild_resources
from tests.grafana.conftest import V2_KIND
from tests.publish.grafana.publisher import DEFINITIONS_FOLDER, Publisher

RESOURCES = list_wild_resources(is_native=True)
MAX_REFUSED_SHARE = 0.4
"""How many of them Grafana's own validation may refuse: some of its test data is not valid."""

MAX_COMPLETED_COUNT = 3
"""How many of them Grafana may store with fields that they lack."""


@pytest.mark.slow
@pytest.mark.skipif(not RESOURCES, reason="GRAFANA_SOURCE names no checkout")
@pytest.mark.parametrize("grafana", [V2_KIND], indirect=True)
def test_what_grafana_stores_is_unchanged_and_pulled_as_it_was_written(
    publisher: Publisher,
) -> None:
    specs = {}
    for resource in RESOURCES:
        name = resource["metadata"]["name"]
        specs[name] = resource["spec"]
        publisher.workspace.write_file(f"{DEFINITIONS_FOLDER}/{name}.json", json.dumps(resource))
    run = publisher.run_command("publish", "--json")
    refusals = [item for item in run.json["items"] if item["result"] == "failed"]
    assert all("Grafana refuses it (422)" in item["problem"] for item in refusals)
    assert len(refusals) < MAX_REFUSED_SHARE * len(specs)
    states = publisher.plan_states()
    stored_names = set(specs) - {item["uid"] for item in refusals}
    assert {name: states[name] for name in stored_names} == dict.fromkeys(stored_names, "unchanged")
    publisher.run_pull("--all", "--out", "pulled")
    publisher.workspace.run_build("pulled")
    unequal_names = {
        name
        for name in stored_names
        if json.loads((publisher.workspace.root / f"pulled/{name}.json").read_bytes())["spec"]
        != specs[name]
    }
    assert len(unequal_names) <= MAX_COMPLETED_COUNT, unequal_names
