"""A job that runs in vain."""

from collections.abc import Iterator

from alerts.late import late
from alerts.rule import AlertRule
from panels.concept import JOB_LAST_SUCCESS
from panels.service import Service

NAME = "JobNotSucceeded"


def job_not_succeeded(service: Service) -> Iterator[AlertRule]:
    """A job did not succeed for longer than its objective allows.

    Look at the log of its last run; if there is none, look whether its schedule still starts it.
    """
    yield from late(service, NAME, JOB_LAST_SUCCESS, "Look first at the log of its last run.")
