"""Units and titles derived from metric names that follow Prometheus' naming conventions.

https://prometheus.io/docs/practices/naming/
"""

import re

from grafanalib import formatunits as units

from tailboard.panels.metric import Unit

UNIT_SUFFIXES: dict[str, Unit] = {
    "_seconds": Unit.SECONDS,
    "_milliseconds": Unit.MILLISECONDS,
    "_ms": Unit.MILLISECONDS,
    "_microseconds": Unit.MICROSECONDS,
    "_usec": Unit.MICROSECONDS,
    "_bytes": Unit.BYTES,
}
SHARE_UNITS = {
    "_ratio": units.PERCENT_UNIT,
    "_utilization": units.PERCENT_UNIT,
    "_fraction": units.PERCENT_UNIT,
    "_percent": units.PERCENT_FORMAT,
    "_percentage": units.PERCENT_FORMAT,
    "_perc": units.PERCENT_FORMAT,
    "_pct": units.PERCENT_FORMAT,
}
"""How names of shares end, and Grafana's unit of one: of 1 or of 100."""

GRAFANA_UNIT_SUFFIXES = {**SHARE_UNITS, "_celsius": units.CELSUIS}
USAGE_SUFFIX = "_usage"
"""How names of shares of 1, of shares of 100 and of amounts end."""

OTEL_DURATION_SUFFIX = ".duration"
TIMESTAMP_SUFFIXES = ("_timestamp_seconds", "_timestamp", "_unixtime")


def find_unit(name: str) -> Unit:
    """The unit by the suffix of a name: seconds of `upload_duration_seconds`.

    OpenTelemetry's own names have none, and its durations are in seconds.
    """
    if name.endswith(OTEL_DURATION_SUFFIX):
        return Unit.SECONDS
    return next((unit for suffix, unit in UNIT_SUFFIXES.items() if name.endswith(suffix)), Unit.ONE)


def find_gauge_unit(name: str) -> str:
    """Grafana's unit of a gauge, by the suffix of its name."""
    grafana_units = (
        grafana_unit
        for suffix, grafana_unit in GRAFANA_UNIT_SUFFIXES.items()
        if name.endswith(suffix)
    )
    return next(grafana_units, find_unit(name).grafana_unit)


def find_rate_unit(name: str) -> str:
    """Grafana's unit of a counter's rate: bytes per second of `sent_bytes_total`."""
    unit = find_unit(name.removesuffix("_total"))
    if unit is Unit.ONE:
        return str(units.OPS_PER_SEC)
    return str(units.BYTES_SEC) if unit is Unit.BYTES else unit.grafana_unit


def is_timestamp(name: str) -> bool:
    """Whether a gauge holds a Unix time: `last_import_timestamp_seconds`."""
    return name.endswith(TIMESTAMP_SUFFIXES)


def is_non_additive(name: str) -> bool:
    """Whether values must not be summed over instances: a ratio, a temperature, a duration."""
    time_suffixes = ("_seconds", "_milliseconds", "_ms", "_microseconds", "_usec")
    return name.endswith((*GRAFANA_UNIT_SUFFIXES, USAGE_SUFFIX, *time_suffixes))


def format_title(name: str) -> str:
    """A title from a metric's name: Upload duration of `upload_duration_seconds`."""
    base_name = name.removesuffix("_total")
    suffix = next(
        (
            candidate
            for candidate in (*TIMESTAMP_SUFFIXES, *UNIT_SUFFIXES, *GRAFANA_UNIT_SUFFIXES)
            if base_name.endswith(candidate)
        ),
        "",
    )
    words = (re.sub(r"[_.:]", " ", base_name.removesuffix(suffix)).strip()) or name
    return words[:1].upper() + words[1:]
