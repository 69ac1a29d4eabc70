"""The service whose overview is loaded, and the settings of Prometheus and Grafana for it."""

import dataclasses

from tailboard.panels import Objectives, Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT

SCRAPE_INTERVAL = 15
"""Seconds between two scrapes, and between two evaluations of the recording rules."""

TIME_RANGE = 3600
"""The seconds that the dashboard shows."""

END_TIME = 1_767_225_600
"""The end of the time range, the same for every run: 2026-01-01 00:00 UTC."""

RAW_SERVICE = Service(
    "orders",
    selector={"job": "orders"},
    convention=PROMETHEUS_CLIENT,
    objectives=Objectives(latency={0.99: 1.0}, availability=0.999),
)
RECORDED_SERVICE = dataclasses.replace(RAW_SERVICE, recorded=True)
