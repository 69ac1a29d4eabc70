"""The time range, the refresh and the time picker in both schemas."""

from collections.abc import Mapping
from typing import Any

from tailboard.dashboards.schema_v2.values import (
    list_objects,
    read_number,
    read_object,
    read_text,
)

JsonObject = Mapping[str, Any]
Fields = dict[str, Any]

DEFAULT_FROM, DEFAULT_TO, DEFAULT_TIMEZONE = "now-6h", "now", "browser"
DEFAULT_REFRESH_INTERVALS = ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"]
RANGE_FIELDS = ("display", "from", "to")


def build_v1_time_fields(settings: JsonObject) -> Fields:
    """The fields of a document of schema v1 that say what these settings say."""
    timepicker: Fields = {}
    intervals = settings.get("autoRefreshIntervals")
    if intervals and intervals != DEFAULT_REFRESH_INTERVALS:
        timepicker["refresh_intervals"] = intervals
    if settings.get("hideTimepicker") is True:
        timepicker["hidden"] = True
    if now_delay := read_text(settings.get("nowDelay")):
        timepicker["nowDelay"] = now_delay
    if ranges := list_objects(settings.get("quickRanges")):
        timepicker["quick_ranges"] = ranges
    return {
        "fiscalYearStartMonth": read_number(settings.get("fiscalYearStartMonth"), 0),
        "refresh": read_text(settings.get("autoRefresh")),
        "time": {
            "from": read_text(settings.get("from")) or DEFAULT_FROM,
            "to": read_text(settings.get("to")) or DEFAULT_TO,
        },
        "timepicker": timepicker,
        "timezone": settings.get("timezone", DEFAULT_TIMEZONE),
        "weekStart": read_text(settings.get("weekStart")),
    }


def build_time_settings(document: JsonObject) -> Fields:
    """The time settings of schema v2 that say what a document of schema v1 says."""
    time, timepicker = read_object(document.get("time")), read_object(document.get("timepicker"))
    settings: Fields = {
        "autoRefresh": read_text(document.get("refresh")),
        "autoRefreshIntervals": timepicker.get("refresh_intervals")
        or list(DEFAULT_REFRESH_INTERVALS),
        "fiscalYearStartMonth": read_number(document.get("fiscalYearStartMonth"), 0),
        "from": read_text(time.get("from")) or DEFAULT_FROM,
        "hideTimepicker": timepicker.get("hidden") is True,
        "timezone": document.get("timezone", DEFAULT_TIMEZONE),
        "to": read_text(time.get("to")) or DEFAULT_TO,
    }
    if week_start := read_text(document.get("weekStart")):
        settings["weekStart"] = week_start
    if now_delay := read_text(timepicker.get("nowDelay")):
        settings["nowDelay"] = now_delay
    if ranges := list_objects(timepicker.get("quick_ranges")):
        settings["quickRanges"] = [
            {name: read_text(time_range.get(name)) for name in RANGE_FIELDS}
            for time_range in ranges
        ]
    return settings
