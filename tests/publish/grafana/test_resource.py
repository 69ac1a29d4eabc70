"""Resources of the newer API: what is signed, what stays, what an older schema cannot say."""

from typing import Any

from tailboard.publish.grafana.api import Stored, Wanted
from tailboard.publish.grafana.judging import judged
from tailboard.publish.grafana.marker import marked
from tailboard.publish.grafana.resource import GRANT, SOURCE, dashboard_resource, stored_in

DOCUMENT = {"title": "Orders", "uid": "orders", "panels": []}


def wanted(**more: Any) -> Wanted:
    return Wanted("orders", marked(DOCUMENT, "shop", ""), "", "shop", **more)


def there(**more: Any) -> Stored:
    made = dashboard_resource(wanted(source="orders.py"), None, "v1beta1")
    made["metadata"]["annotations"].pop(GRANT)  # the server does not keep it
    made["metadata"] |= {"generation": 1, "resourceVersion": "7", **more.pop("metadata", {})}
    return stored_in({**made, **more})


def notes(resource: dict[str, Any]) -> dict[str, str]:
    return dict(resource["metadata"]["annotations"])


def test_what_others_noted_is_sent_back() -> None:
    metadata = {"labels": {"team": "a"}, "annotations": {"their/note": "b"}}
    made = dashboard_resource(wanted(), there(metadata=metadata), "v1beta1")
    assert made["metadata"]["labels"] == {"team": "a", "tailboard/owner": "shop"}
    assert notes(made)["their/note"] == "b"


def test_the_source_stays_where_none_is_known() -> None:
    assert notes(dashboard_resource(wanted(), there(), "v1beta1"))[SOURCE] == "orders.py#orders"


def test_what_is_put_back_for_nobody_carries_no_signature() -> None:
    for_nobody = Wanted("orders", DOCUMENT, "", "", vouched=False)
    made = dashboard_resource(for_nobody, there(), "v1beta1")
    assert SOURCE not in notes(made)
    assert "tailboard/owner" not in made["metadata"]["labels"]
    assert "tailboard/generation" not in notes(made)


def test_only_what_is_new_asks_for_permissions() -> None:
    assert notes(dashboard_resource(wanted(), None, "v1beta1"))[GRANT] == "default"
    assert GRANT not in notes(dashboard_resource(wanted(), there(), "v1beta1"))


def test_the_server_s_own_generation_says_that_nobody_saved_it_since() -> None:
    assert there().untouched
    assert not there(metadata={"generation": 2}).untouched


def test_an_edit_in_a_newer_schema_is_told_as_one_that_pull_loses() -> None:
    status = {"conversion": {"failed": False, "storedVersion": "v2beta1"}}
    edited = there(status=status, spec={"title": "Mine"}, metadata={"generation": 2})
    assert edited.schema == "v2beta1"
    item = judged(wanted(), edited, lambda: DOCUMENT)
    assert "in Grafana's schema v2beta1, which pull reads with losses" in item.why
    assert not there(status={"conversion": {"storedVersion": "v1beta1"}}).schema
