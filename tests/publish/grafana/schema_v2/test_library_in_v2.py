"""Every dashboard of the library, saved untouched by a browser that stores schema v2."""

import pytest

from tests.publish.grafana.publisher import Publisher

EVERY_SERVICE = """
from tailboard import Objectives, Service
from tailboard.panels.conventions import CONVENTIONS, PROMETHEUS_CLIENT

services = [
    Service(
        convention.name.replace("_", "-"),
        selector={"job": convention.name},
        convention=convention,
    )
    for convention in CONVENTIONS
]
services.append(
    Service(
        "shop",
        selector={"job": "shop"},
        convention=PROMETHEUS_CLIENT,
        objectives=Objectives(latency={0.99: 1.0}, availability=0.999),
    )
)
"""


@pytest.mark.slow
def test_no_dashboard_of_the_library_is_edited_by_saving_it(publisher: Publisher) -> None:
    if publisher.grafana.api == "classic":
        pytest.skip("only /apis shows schema v2")
    publisher.workspace.write_file("definitions/every.py", EVERY_SERVICE)
    publisher.run_publish()
    uids = [uid for uid, state in publisher.plan_states().items() if state == "unchanged"]
    assert len(uids) > 50
    for uid in uids:
        publisher.grafana.save_in_v2(uid, lambda document: None)
    assert publisher.is_published()
    changed_items = {
        uid: item["differences"]
        for uid, item in publisher.plan_items().items()
        if item["state"] != "unchanged"
    }
    assert changed_items == {}
