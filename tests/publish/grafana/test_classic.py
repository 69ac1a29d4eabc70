"""What the classic API says of a dashboard, as we read it."""

import pytest

from tailboard.publish.grafana.classic import Classic
from tailboard.publish.http.connection import Answer, Connection


@pytest.mark.parametrize(("said", "by"), [("ada", "ada"), ("Anonymous", ""), (None, "")])
def test_whoever_saved_a_dashboard_is_named_where_grafana_knows(said: str | None, by: str) -> None:
    meta = {"folderUid": "", "version": 3, **({"updatedBy": said} if said else {})}

    class Answering(Connection):
        def ask(self, *_: object, **__: object) -> Answer:
            return Answer(200, {"dashboard": {"uid": "a", "title": "A"}, "meta": meta})

    with Answering("http://127.0.0.1:9") as connection:
        found = Classic(connection).dashboard("a")
    assert found is not None
    assert found.by == by
