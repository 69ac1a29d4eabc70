"""A process that is about to run out of file descriptors."""

from collections.abc import Iterator

from tailboard.alerts import example_series
from tailboard.alerts.rule import AlertRule, Example, InputSeries, Severity
from tailboard.alerts.template import PERCENTAGE_TEMPLATE, escape_template, format_label_template
from tailboard.panels import promql, saturation
from tailboard.panels.concept import MAX_FILES, OPEN_FILES
from tailboard.panels.service import Service

NAME = "OpenFilesNearLimit"

STEPS: tuple[tuple[float, str, Severity], ...] = (
    (saturation.FILE_SHARE_WARNING, "10m", "warning"),
    (saturation.FILE_SHARE_CRITICAL, "2m", "critical"),
)

KEEP_FIRING = "10m"
"""How long an alert outlasts its condition: files that come and go are one alert."""


def open_files_near_limit(service: Service) -> Iterator[AlertRule]:
    """A process has opened nearly all the files and sockets that it may.

    At the limit it accepts no connection and opens no file. A line that only rises is a leak: look
    for responses and files that are not closed. Otherwise raise the limit (ulimit -n).
    """
    file_share = saturation.build_file_share(service, NAME)
    for limit, lasting, severity in STEPS:
        yield AlertRule(
            name=NAME,
            expression=promql.filter_above(file_share, limit),
            severity=severity,
            signal="saturation",
            lasting=lasting,
            keep_firing=KEEP_FIRING,
            summary=f"{format_label_template('instance')} of {escape_template(service.name)} has "
            f"opened {PERCENTAGE_TEMPLATE} of the files it may",
            description=f"At the limit {format_label_template('instance')} serves nobody who is "
            "not connected yet. Look first whether the line only rises: then something is not "
            "closed.",
            panel=saturation.open_files,
            limit=limit,
            series_labels=("instance", *service.by),
            examples=(
                Example("nearly all", _build_file_series(service, 99), is_firing=True),
                Example("some", _build_file_series(service, 50), is_firing=False),
            ),
        )


def _build_file_series(service: Service, file_count: float) -> InputSeries:
    return {
        **example_series.build_gauge_series(
            service, OPEN_FILES, example_series.format_constant(file_count)
        ),
        **example_series.build_gauge_series(
            service, MAX_FILES, example_series.format_constant(100)
        ),
    }
