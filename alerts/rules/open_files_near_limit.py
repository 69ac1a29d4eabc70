"""A process that is about to run out of file descriptors."""

from collections.abc import Iterator

from tailboard.alerts import scene
from tailboard.alerts.rule import AlertRule, Example, Series, Severity
from tailboard.alerts.template import PERCENTAGE, label, literal
from tailboard.panels import promql, saturation
from tailboard.panels.concept import MAX_FILES, OPEN_FILES
from tailboard.panels.service import Service

NAME = "OpenFilesNearLimit"

STEPS: tuple[tuple[float, str, Severity], ...] = (
    (saturation.MANY_FILES, "10m", "warning"),
    (saturation.ALMOST_ALL_FILES, "2m", "critical"),
)


def open_files_near_limit(service: Service) -> Iterator[AlertRule]:
    """A process has opened nearly all the files and sockets that it may.

    At the limit it accepts no connection and opens no file. A line that only rises is a leak: look
    for responses and files that are not closed. Otherwise raise the limit (ulimit -n).
    """
    used = saturation.files_used(service, NAME)
    for limit, lasting, severity in STEPS:
        yield AlertRule(
            name=NAME,
            expression=promql.above(used, limit),
            severity=severity,
            signal="saturation",
            lasting=lasting,
            summary=f"{label('instance')} of {literal(service.name)} has opened {PERCENTAGE} of "
            "the files it may",
            description=f"At the limit {label('instance')} serves nobody who is not connected "
            "yet. Look first whether the line only rises: then something is not closed.",
            panel=saturation.open_files,
            limit=limit,
            told_by=("instance", *service.by),
            examples=(
                Example("nearly all", _files(service, 99), fires=True),
                Example("some", _files(service, 50), fires=False),
            ),
        )


def _files(service: Service, opened: float) -> Series:
    return {
        **scene.gauged(service, OPEN_FILES, scene.constant(opened)),
        **scene.gauged(service, MAX_FILES, scene.constant(100)),
    }
