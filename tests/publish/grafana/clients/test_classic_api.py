"""What the classic API says of a dashboard, as we read it."""

import pytest

from tailboard.dashboards.schema_v2.resource import build_spec
from tailboard.publish.grafana.clients.classic_api import ClassicApi
from tailboard.publish.grafana.clients.discovery import discover_api
from tailboard.publish.http.connection import Connection, Response
from tailboard.publish.http.credentials import Credentials
from tests.grafana.memory import MemoryGrafana
from tests.publish.grafana.documents.schema_v2.sample_documents import build_rows_document


@pytest.mark.parametrize(("updated_by", "by"), [("ada", "ada"), ("Anonymous", ""), (None, "")])
def test_whoever_saved_a_dashboard_is_named_where_grafana_knows(
    updated_by: str | None, by: str
) -> None:
    meta = {"folderUid": "", "version": 3, **({"updatedBy": updated_by} if updated_by else {})}

    class Answering(Connection):
        def request(self, *_: object, **__: object) -> Response:
            return Response(200, {"dashboard": {"uid": "a", "title": "A"}, "meta": meta})

    with Answering("http://127.0.0.1:9") as connection:
        stored = ClassicApi(connection).fetch_dashboard("a")
    assert stored is not None
    assert stored.editor == by


class AnsweringConnection(Connection):
    """A connection with one answer to everything."""

    def __init__(self, response: Response) -> None:
        super().__init__("http://127.0.0.1:9")
        self._response = response

    def request(self, *_: object, **__: object) -> Response:
        """The answer, without a server."""
        return self._response


REFUSAL = (
    "dashboard api version not supported, use "
    "/apis/dashboard.grafana.app/v2alpha1/namespaces/default/dashboards/a instead"
)
V2_META = {"apiVersion": "v2beta1", "folderUid": "", "version": 3}


@pytest.mark.parametrize(
    ("response", "version"),
    [
        (Response(406, {"message": REFUSAL}), "v2alpha1"),
        (Response(406, "no"), "v2"),
        (Response(200, {"dashboard": {"uid": "a", "title": "A"}, "meta": V2_META}), "v2beta1"),
        (
            Response(200, {"dashboard": {"uid": "a", "elements": {}}, "meta": {"version": 1}}),
            "v2",
        ),
    ],
    ids=["12.0", "12.0 without words", "converted", "as stored"],
)
def test_what_is_stored_in_schema_v2_is_left_alone(response: Response, version: str) -> None:
    with AnsweringConnection(response) as connection:
        stored = ClassicApi(connection).fetch_dashboard("a")
    assert stored is not None
    assert stored.block_reason == f"stored in schema {version}, which the classic API cannot show"
    assert stored.read_problem == stored.block_reason


def test_the_newer_api_tells_the_classic_one_what_is_stored_in_schema_v2() -> None:
    document = build_rows_document()
    with MemoryGrafana() as memory:
        memory.add_dashboard("a", build_spec(document))
        memory.store.dashboards["a"].version = "v2beta1"
        credentials = Credentials(memory.create_token("administrator"))
        with Connection(memory.url, credentials) as connection:
            stored = discover_api(connection, "classic").fetch_dashboard("a")
    assert stored is not None
    assert "stored in schema v2beta1" in stored.block_reason
