"""What the server answers, and how each API words a refusal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json"
CHARSET = "application/json; charset=UTF-8"
HTML = "text/html; charset=UTF-8"
HTML_PAGE = b"<!DOCTYPE html>\n<html><head><title>Grafana</title></head><body></body></html>\n"


@dataclass(frozen=True)
class Answer:
    """A response."""

    status: int
    body: Any = None
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    def encode_body(self) -> bytes:
        """The bytes to send."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class RefusalError(Exception):
    """An answer that ends the handling of a request."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def build_status_error(
    code: int,
    message: str | None = None,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> RefusalError:
    """A refusal of /apis."""
    body: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}}
    body |= {"status": "Failure", "code": code}
    optional = {"message": message, "reason": reason, "details": details}
    return RefusalError(Answer(code, body | {k: v for k, v in optional.items() if v is not None}))


def build_message_error(code: int, text: str, **fields: Any) -> RefusalError:
    """A refusal of the classic API."""
    return RefusalError(Answer(code, {"message": text, **fields}))


def build_unauthorized_error(text: str, message_id: str) -> RefusalError:
    """Nobody whom the server knows."""
    body = {"message": text, "messageId": message_id, "statusCode": 401, "extra": None}
    return RefusalError(Answer(401, {**body, "traceID": ""}, CHARSET))


def build_access_error(permission: str) -> RefusalError:
    """Somebody known who may not."""
    text = "You'll need additional permissions to perform this action. Permissions needed: "
    body = {"accessErrorId": "ACE0000000000", "message": text + permission}
    return RefusalError(Answer(403, {**body, "title": "Access denied"}, CHARSET))


def build_page(status: int) -> Answer:
    """The HTML of the frontend."""
    return Answer(status, HTML_PAGE, HTML)


def build_redirect(location: str) -> Answer:
    """The way to the login page."""
    return Answer(302, b"<a>Found</a>.\n", HTML, {"Location": location})
