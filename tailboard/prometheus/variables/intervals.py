"""How long Grafana's own variables are, as its data source of this Prometheus would have them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tailboard.panels.duration import is_duration, parse_duration
from tailboard.prometheus.client.responses import SHAPE_ERRORS, parse_config, parse_targets
from tailboard.prometheus.client.server import PrometheusServer

DASHBOARD_RANGE = 3600.0
"""Seconds that a dashboard shows here."""

QUERY_STEP = 60.0
"""Seconds between the points of a query: enough to see gaps, and little load."""

DEFAULT_SCRAPE_INTERVAL = 15.0
"""Grafana's own assumption of a scrape interval, in seconds."""

MAX_CONFIG_LENGTH = 4 * 1024 * 1024
"""A longer configuration takes longer to read than its scrape interval is worth."""

MIN_INTERVAL = 5.0
"""The shortest interval that a panel of usual width has over an hour, in seconds."""


@dataclass(frozen=True)
class Intervals:
    """A scrape interval in seconds, and what follows from it."""

    scrape_interval: float = DEFAULT_SCRAPE_INTERVAL

    def compute_interval(self, min_interval: float = 0.0) -> float:
        """`$__interval` of a panel that asks for at least so many seconds."""
        return max(self.scrape_interval, min_interval, MIN_INTERVAL)

    def build_variables(
        self,
        min_interval: float = 0.0,
        *,
        interval: float = 0.0,
        range_seconds: float = DASHBOARD_RANGE,
    ) -> Mapping[str, str]:
        """Grafana's own variables; those of a panel whose points are `interval` apart."""
        interval = interval or self.compute_interval(min_interval)
        rate_interval = max(interval + self.scrape_interval, 4 * self.scrape_interval)
        return {
            "__interval": format_promql_duration(interval),
            "__interval_ms": str(round(1000 * interval)),
            "__rate_interval": format_promql_duration(rate_interval),
            "__rate_interval_ms": str(round(1000 * rate_interval)),
            "__range": f"{round(range_seconds)}s",
            "__range_s": f"{round(range_seconds)}",
            "__range_ms": f"{round(1000 * range_seconds)}",
        }


def read_intervals(server: PrometheusServer, scrape_interval: str = "") -> Intervals:
    """With the scrape interval of the options, or that of most targets of the server."""
    return Intervals(
        parse_duration(scrape_interval)
        if scrape_interval
        else _read_configured_interval(server)
        or _find_common_interval(server)
        or DEFAULT_SCRAPE_INTERVAL
    )


def read_min_interval(panel: Mapping[str, Any]) -> float:
    """The seconds of a panel's own shortest interval (`1m`, `>1m`); 0 where it has none."""
    text = str(panel.get("interval") or "").lstrip(">").strip()
    return parse_duration(text) if is_duration(text) else 0.0


def format_promql_duration(duration: float) -> str:
    """Seconds as PromQL writes them."""
    return f"{duration:g}s" if duration == round(duration) else f"{round(1000 * duration)}ms"


def _read_configured_interval(server: PrometheusServer) -> float:
    text = server.fetch_status("status/config", parse_config) or ""
    try:
        content = yaml.safe_load(text if len(text) <= MAX_CONFIG_LENGTH else "")
    except (yaml.YAMLError, RecursionError, *SHAPE_ERRORS):
        return 0.0
    global_config = (content.get("global") or {}) if isinstance(content, dict) else {}
    interval = global_config.get("scrape_interval") if isinstance(global_config, dict) else None
    return parse_duration(str(interval)) if is_duration(interval) else 0.0


def _find_common_interval(server: PrometheusServer) -> float:
    targets = server.fetch_status("targets", parse_targets, state="active") or []
    intervals = Counter(
        target["scrapeInterval"] for target in targets if is_duration(target.get("scrapeInterval"))
    )
    return parse_duration(intervals.most_common(1)[0][0]) if intervals else 0.0
