"""A job that does not run any more."""

from collections.abc import Iterator

from tailboard.alerts.job_age import build_job_age_rules
from tailboard.alerts.rule import AlertRule
from tailboard.panels.concept import JOB_LAST_RUN
from tailboard.panels.service import Service

NAME = "JobNotRun"


def job_not_run(service: Service) -> Iterator[AlertRule]:
    """A job pushed nothing for longer than its objective allows, neither success nor failure.

    Look whether its schedule still starts it, whether it hangs, then whether it reaches the
    Pushgateway. The group of a job that is gone for good has to be deleted there.
    """
    yield from build_job_age_rules(
        service, NAME, JOB_LAST_RUN, "Look first whether it was started, then whether it hangs."
    )
