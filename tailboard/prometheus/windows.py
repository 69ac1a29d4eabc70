"""How long Grafana's own variables are, as its data source of this Prometheus would have them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tailboard.panels.duration import is_duration, seconds
from tailboard.prometheus.server import Server

RANGE = 3600.0
"""Seconds that a dashboard shows here."""

STEP = 60.0
"""Seconds between the points that are asked for: enough to see gaps, and no load."""

UNTOLD = 15.0
"""Grafana's own assumption of a scrape interval, in seconds."""

SHORTEST = 5.0
"""The shortest interval that a panel of usual width has over an hour, in seconds."""


@dataclass(frozen=True)
class Windows:
    """A scrape interval in seconds, and what follows from it."""

    scrape: float = UNTOLD

    def interval(self, least: float = 0.0) -> float:
        """`$__interval` of a panel that asks for at least so many seconds."""
        return max(self.scrape, least, SHORTEST)

    def values(self, least: float = 0.0) -> Mapping[str, str]:
        """Grafana's own variables."""
        interval = self.interval(least)
        rate = max(interval + self.scrape, 4 * self.scrape)
        return {
            "__interval": spoken(interval),
            "__interval_ms": str(round(1000 * interval)),
            "__rate_interval": spoken(rate),
            "__rate_interval_ms": str(round(1000 * rate)),
            "__range": f"{RANGE:g}s",
            "__range_s": f"{RANGE:g}",
            "__range_ms": f"{1000 * RANGE:g}",
        }


def windows(server: Server, told: str = "") -> Windows:
    """With the scrape interval that was told, or that the server has for most targets."""
    return Windows(seconds(told) if told else _configured(server) or _usual(server) or UNTOLD)


def least_interval(panel: Mapping[str, Any]) -> float:
    """The seconds of a panel's own shortest interval (`1m`, `>1m`); 0 where it has none."""
    text = str(panel.get("interval") or "").lstrip(">").strip()
    return seconds(text) if is_duration(text) else 0.0


def spoken(duration: float) -> str:
    """Seconds as PromQL writes them."""
    return f"{duration:g}s" if duration == round(duration) else f"{round(1000 * duration)}ms"


def _configured(server: Server) -> float:
    found = server.status("status/config")
    text = found.get("yaml") if isinstance(found, dict) else None
    try:
        content = yaml.safe_load(text or "")
    except yaml.YAMLError:
        return 0.0
    told = (content.get("global") or {}) if isinstance(content, dict) else {}
    interval = told.get("scrape_interval") if isinstance(told, dict) else None
    return seconds(str(interval)) if is_duration(interval) else 0.0


def _usual(server: Server) -> float:
    found = server.status("targets", state="active")
    targets = found.get("activeTargets") if isinstance(found, dict) else None
    intervals = Counter(
        it["scrapeInterval"]
        for it in targets or ()
        if isinstance(it, dict) and is_duration(it.get("scrapeInterval"))
    )
    return seconds(intervals.most_common(1)[0][0]) if intervals else 0.0
