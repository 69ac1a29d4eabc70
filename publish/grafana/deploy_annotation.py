"""A mark in Grafana for something that happened, such as a deployment.

https://grafana.com/docs/grafana/latest/developers/http_api/annotations/
"""

from collections.abc import Sequence

from tailboard.publish.grafana.clients.responses import validate_response
from tailboard.publish.http.connection import Connection

PATH = "/api/annotations"


def post_annotation(connection: Connection, text: str, tags: Sequence[str]) -> None:
    """Add an annotation of the organisation, now; dashboards show it that ask for a tag of it."""
    body = {"tags": list(tags), "text": text}
    response = connection.request("POST", PATH, json=body)
    validate_response(response, "adding the annotation", is_write=True)
