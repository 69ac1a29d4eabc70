"""Resources of the newer API: what is signed, what stays, what an older schema cannot say."""

from typing import Any

from tailboard.publish.grafana.api import DesiredDashboard, LiveDashboard
from tailboard.publish.grafana.classification import classify_dashboard
from tailboard.publish.grafana.marker import add_marker
from tailboard.publish.grafana.resource import (
    GRANT_ANNOTATION,
    SOURCE_ANNOTATION,
    build_dashboard_resource,
    parse_dashboard,
)

DOCUMENT = {"title": "Orders", "uid": "orders", "panels": []}


def wanted(**more: Any) -> DesiredDashboard:
    return DesiredDashboard("orders", add_marker(DOCUMENT, "shop", ""), "", "shop", **more)


def there(**more: Any) -> LiveDashboard:
    made = build_dashboard_resource(wanted(source="orders.py"), None, "v1beta1")
    made["metadata"]["annotations"].pop(GRANT_ANNOTATION)  # the server does not keep it
    made["metadata"] |= {"generation": 1, "resourceVersion": "7", **more.pop("metadata", {})}
    return parse_dashboard({**made, **more})


def notes(resource: dict[str, Any]) -> dict[str, str]:
    return dict(resource["metadata"]["annotations"])


def test_what_others_noted_is_sent_back() -> None:
    metadata = {"labels": {"team": "a"}, "annotations": {"their/note": "b"}}
    made = build_dashboard_resource(wanted(), there(metadata=metadata), "v1beta1")
    assert made["metadata"]["labels"] == {"team": "a", "tailboard/owner": "shop"}
    assert notes(made)["their/note"] == "b"


def test_the_source_stays_where_none_is_known() -> None:
    assert (
        notes(build_dashboard_resource(wanted(), there(), "v1beta1"))[SOURCE_ANNOTATION]
        == "orders.py#orders"
    )


def test_what_is_put_back_for_nobody_carries_no_signature() -> None:
    for_nobody = DesiredDashboard("orders", DOCUMENT, "", "", has_valid_marker=False)
    made = build_dashboard_resource(for_nobody, there(), "v1beta1")
    assert SOURCE_ANNOTATION not in notes(made)
    assert "tailboard/owner" not in made["metadata"]["labels"]
    assert "tailboard/generation" not in notes(made)


def test_only_what_is_new_asks_for_permissions() -> None:
    assert notes(build_dashboard_resource(wanted(), None, "v1beta1"))[GRANT_ANNOTATION] == "default"
    assert GRANT_ANNOTATION not in notes(build_dashboard_resource(wanted(), there(), "v1beta1"))


def test_the_server_s_own_generation_says_that_nobody_saved_it_since() -> None:
    assert there().is_untouched
    assert not there(metadata={"generation": 2}).is_untouched


def test_an_edit_in_a_newer_schema_is_told_as_one_that_pull_loses() -> None:
    status = {"conversion": {"failed": False, "storedVersion": "v2beta1"}}
    edited = there(status=status, spec={"title": "Mine"}, metadata={"generation": 2})
    assert edited.newer_schema == "v2beta1"
    item = classify_dashboard(wanted(), edited, lambda: DOCUMENT)
    assert "in Grafana's schema v2beta1, which pull reads with losses" in item.reason
    assert not there(status={"conversion": {"storedVersion": "v1beta1"}}).newer_schema
