"""Opening the envelopes of Grafana's APIs, and closing them again."""

from typing import Any

import pytest

from tailboard.dashboards.envelope import unwrap_dashboard, wrap_dashboard

Json = dict[str, Any]

BARE = {"title": "Orders", "panels": []}
V2_SPEC: Json = {"title": "Orders", "elements": {}, "layout": {}}
RESOURCE = {"apiVersion": "dashboard.grafana.app/v1", "metadata": {"name": "orders"}}
ENVELOPES: dict[str, tuple[Json, Json]] = {
    "none": (BARE, BARE),
    "dashboard": ({"dashboard": BARE, "meta": {"slug": "orders"}}, BARE),
    "resource": ({**RESOURCE, "spec": BARE}, {"uid": "orders", **BARE}),
    "named twice": ({**RESOURCE, "spec": {**BARE, "uid": "x"}}, {**BARE, "uid": "x"}),
    "another resource": ({"apiVersion": "v1", "data": {}}, {"apiVersion": "v1", "data": {}}),
    "a spec": ({"spec": BARE, "title": "Mine"}, {"spec": BARE, "title": "Mine"}),
}
envelopes = pytest.mark.parametrize(("envelope", "inner"), ENVELOPES.values(), ids=ENVELOPES)


@envelopes
def test_what_is_in_an_envelope_is_the_dashboard(envelope: Json, inner: Json) -> None:
    assert unwrap_dashboard(envelope) == inner


@envelopes
def test_a_dashboard_that_is_put_back_unchanged_changes_nothing(
    envelope: Json, inner: Json
) -> None:
    assert wrap_dashboard(dict(unwrap_dashboard(envelope)), envelope) == envelope


def test_only_the_dashboard_in_the_envelope_changes() -> None:
    envelope, _ = ENVELOPES["resource"]
    document = wrap_dashboard({**unwrap_dashboard(envelope), "title": "New"}, envelope)
    assert document == {**envelope, "spec": {**BARE, "title": "New"}}


@pytest.mark.parametrize(
    "envelope",
    [
        {"apiVersion": "dashboard.grafana.app/v2beta1", "metadata": {"name": "a"}, "spec": V2_SPEC},
        {"dashboard": {"uid": "a", **V2_SPEC}, "meta": {"apiVersion": "v2beta1"}},
    ],
)
def test_a_dashboard_of_schema_v2_says_its_version(envelope: Json) -> None:
    dashboard = dict(unwrap_dashboard(envelope))
    assert dashboard == {"apiVersion": "dashboard.grafana.app/v2beta1", "uid": "a", **V2_SPEC}
    assert wrap_dashboard(dashboard, envelope) == envelope


def test_a_bare_spec_of_schema_v2_says_no_version() -> None:
    assert unwrap_dashboard(V2_SPEC) == V2_SPEC
    assert wrap_dashboard(dict(V2_SPEC), V2_SPEC) == V2_SPEC
