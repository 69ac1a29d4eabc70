"""What Grafana's answers mean, by status and by what they say of themselves."""

from tailboard.publish.errors import ServerError
from tailboard.publish.grafana.api import ConflictError, ForbiddenError, RefusedError
from tailboard.publish.http.connection import Answer

CHANGED = frozenset({409, 412})
GONE = "resourceVersion should not be set on objects to be created"
"""What the API server of Grafana 12.4 says, with status 500, of an update of what was deleted."""


def checked(answer: Answer, what: str, *, changing: bool = False) -> Answer:
    """The answer itself if Grafana did as it was asked; `what` that was is for the error."""
    if answer.ok:
        return answer
    status, reason = answer.status, answer.message
    if status == 403:
        said = "" if reason == "status 403" else f": {reason}"
        raise ForbiddenError(
            f"{what} is not allowed (403){said}",
            tip="give the service account a role that may: Editor, or Edit on the folder.",
        )
    if changing and (status in CHANGED or GONE in reason or status == 404):
        raise ConflictError(
            f"{what}: it was changed meanwhile ({status}): {reason}",
            tip="run the command again.",
            there=status in CHANGED,
        )
    if status >= 500:
        raise ServerError(
            f"{what}: Grafana fails ({status}): {reason}",
            tip="look into Grafana's log, and run the command again.",
            uncertain=True,
        )
    raise RefusedError(
        f"{what}: Grafana refuses it ({status}): {reason}",
        tip="change what it names, and run the command again.",
    )
