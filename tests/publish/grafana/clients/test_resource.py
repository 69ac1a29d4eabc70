"""Resources of the newer API: what is signed, what stays, what an older schema cannot say."""

from typing import Any

from tailboard.publish.grafana.api import DesiredDashboard, LiveDashboard
from tailboard.publish.grafana.clients.resource import (
    GRANT_ANNOTATION,
    SOURCE_ANNOTATION,
    build_dashboard_resource,
    parse_dashboard,
)
from tailboard.publish.grafana.documents.marker import add_marker

DOCUMENT = {"title": "Orders", "uid": "orders", "panels": []}


def build_desired(**fields: Any) -> DesiredDashboard:
    return DesiredDashboard("orders", add_marker(DOCUMENT, "shop", ""), "", "shop", **fields)


def build_stored(**fields: Any) -> LiveDashboard:
    resource = build_dashboard_resource(build_desired(source="orders.py"), None, "v1beta1")
    resource["metadata"]["annotations"].pop(GRANT_ANNOTATION)  # the server does not keep it
    resource["metadata"] |= {"generation": 1, "resourceVersion": "7", **fields.pop("metadata", {})}
    return parse_dashboard({**resource, **fields})


def read_annotations(resource: dict[str, Any]) -> dict[str, str]:
    return dict(resource["metadata"]["annotations"])


def test_what_others_noted_is_sent_back() -> None:
    metadata = {"labels": {"team": "a"}, "annotations": {"their/note": "b"}}
    resource = build_dashboard_resource(build_desired(), build_stored(metadata=metadata), "v1beta1")
    assert resource["metadata"]["labels"] == {"team": "a", "tailboard/owner": "shop"}
    assert read_annotations(resource)["their/note"] == "b"


def test_the_source_stays_where_none_is_known() -> None:
    assert (
        read_annotations(build_dashboard_resource(build_desired(), build_stored(), "v1beta1"))[
            SOURCE_ANNOTATION
        ]
        == "orders.py#orders"
    )


def test_what_is_put_back_for_nobody_carries_no_signature() -> None:
    for_nobody = DesiredDashboard("orders", DOCUMENT, "", "", has_valid_marker=False)
    resource = build_dashboard_resource(for_nobody, build_stored(), "v1beta1")
    assert SOURCE_ANNOTATION not in read_annotations(resource)
    assert "tailboard/owner" not in resource["metadata"]["labels"]
    assert "tailboard/generation" not in read_annotations(resource)


def test_only_what_is_new_asks_for_permissions() -> None:
    assert (
        read_annotations(build_dashboard_resource(build_desired(), None, "v1beta1"))[
            GRANT_ANNOTATION
        ]
        == "default"
    )
    assert GRANT_ANNOTATION not in read_annotations(
        build_dashboard_resource(build_desired(), build_stored(), "v1beta1")
    )


def test_the_server_s_own_generation_says_that_nobody_saved_it_since() -> None:
    assert build_stored().is_untouched
    assert not build_stored(metadata={"generation": 2}).is_untouched
