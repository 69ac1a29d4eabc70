"""A job that runs in vain."""

from collections.abc import Iterator

from tailboard.alerts.job_age import build_job_age_rules
from tailboard.alerts.rule import AlertRule
from tailboard.panels.concept import JOB_LAST_SUCCESS
from tailboard.panels.service import Service

NAME = "JobNotSucceeded"


def job_not_succeeded(service: Service) -> Iterator[AlertRule]:
    """A job runs, but did not succeed for longer than its objective allows.

    Look at the log of its last run; if there is none, look whether its schedule still starts it.
    A job that does not run at all is JobNotRun, where the metrics tell its last run.
    """
    yield from build_job_age_rules(
        service, NAME, JOB_LAST_SUCCESS, "Look first at the log of its last run."
    )
