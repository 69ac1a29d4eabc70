"""Opening the envelopes of Grafana's APIs, and closing them again."""

from typing import Any

import pytest

from tailboard.dashboards.envelope import unwrap_dashboard, wrap_dashboard
from tailboard.panels.definition_error import DefinitionError

Json = dict[str, Any]

BARE = {"title": "Orders", "panels": []}
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


def test_the_second_schema_is_refused_in_an_envelope_as_without_one() -> None:
    with pytest.raises(DefinitionError, match="schema v2"):
        unwrap_dashboard({**RESOURCE, "spec": {"title": "Orders", "elements": {}}})
