"""What the classic API says of a dashboard, as we read it."""

import pytest

from tailboard.publish.grafana.classic_api import ClassicApi
from tailboard.publish.http.connection import Connection, Response


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
