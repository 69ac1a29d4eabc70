"""What a metric's name says of its numbers, where its author kept to Prometheus' habits.

https://prometheus.io/docs/practices/naming/
"""

from grafanalib import formatunits as units

from tailboard.panels.metric import Unit

MEASURED: dict[str, Unit] = {
    "_seconds": Unit.SECONDS,
    "_milliseconds": Unit.MILLISECONDS,
    "_ms": Unit.MILLISECONDS,
    "_microseconds": Unit.MICROSECONDS,
    "_usec": Unit.MICROSECONDS,
    "_bytes": Unit.BYTES,
}
SHOWN = {
    "_ratio": units.PERCENT_UNIT,
    "_utilization": units.PERCENT_UNIT,
    "_percent": units.PERCENT_FORMAT,
    "_celsius": units.CELSUIS,
}
MOMENTS = ("_timestamp_seconds", "_timestamp", "_unixtime")


def measured_in(name: str) -> Unit:
    """The unit by the end of a name: seconds of `upload_duration_seconds`."""
    return next((it for end, it in MEASURED.items() if name.endswith(end)), Unit.ONE)


def shown_in(name: str) -> str:
    """How Grafana writes a gauge's values, by the end of its name."""
    shown = (it for end, it in SHOWN.items() if name.endswith(end))
    return next(shown, measured_in(name).grafana)


def per_second(name: str) -> str:
    """How Grafana writes a counter's rate: bytes per second of `sent_bytes_total`."""
    measured = measured_in(name.removesuffix("_total"))
    if measured is Unit.ONE:
        return str(units.OPS_PER_SEC)
    return str(units.BYTES_SEC) if measured is Unit.BYTES else measured.grafana


def is_moment(name: str) -> bool:
    """Whether a gauge holds a moment as Unix time: `last_import_timestamp_seconds`."""
    return name.endswith(MOMENTS)


def is_share(name: str) -> bool:
    """Whether values cannot be added up over instances: a ratio, a temperature, a duration."""
    return name.endswith((*SHOWN, "_seconds", "_milliseconds", "_ms", "_microseconds", "_usec"))


def title_of(name: str) -> str:
    """A metric's name as people read it: Upload duration of `upload_duration_seconds`."""
    short = name.removesuffix("_total")
    end = next((it for it in (*MOMENTS, *MEASURED, *SHOWN) if short.endswith(it)), "")
    words = (short.removesuffix(end).replace("_", " ").replace(":", " ").strip()) or name
    return words[:1].upper() + words[1:]
