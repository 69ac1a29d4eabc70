"""What Grafana's answers mean, by status and by what they say of themselves."""

from tailboard.publish.errors import ServerError
from tailboard.publish.grafana.api import ConflictError, ForbiddenError, RefusedError
from tailboard.publish.http.connection import Response

CONFLICT_STATUSES = frozenset({409, 412})
DELETED_REASON = "resourceVersion should not be set on objects to be created"
"""What the API server of Grafana 12.4 says, with status 500, of an update of what was deleted."""


def validate_response(response: Response, action: str, *, is_write: bool = False) -> Response:
    """The answer itself if Grafana did as it was asked; `what` that was is for the error."""
    if response.ok:
        return response
    status, reason = response.status, response.message
    if status == 403:
        detail = "" if reason == "status 403" else f": {reason}"
        raise ForbiddenError(
            f"{action} is not allowed (403){detail}",
            tip="give the service account a role that may: Editor, or Edit on the folder.",
        )
    if is_write and (status in CONFLICT_STATUSES or DELETED_REASON in reason or status == 404):
        raise ConflictError(
            f"{action}: it was changed meanwhile ({status}): {reason}",
            tip="run the command again.",
            is_present=status in CONFLICT_STATUSES,
        )
    if status >= 500:
        raise ServerError(
            f"{action}: Grafana fails ({status}): {reason}",
            tip="look into Grafana's log, and run the command again.",
            is_uncertain=True,
        )
    raise RefusedError(
        f"{action}: Grafana refuses it ({status}): {reason}",
        tip="change what it names, and run the command again.",
    )
