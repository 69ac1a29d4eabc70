"""The queries that Grafana sends for a dashboard: every panel's, with variables filled in.

Panels of collapsed rows count too, although Grafana queries them only once the row is opened.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.loading.services import SCRAPE_INTERVAL, TIME_RANGE
from tailboard.dashboards import build_document
from tailboard.dashboards.library import overview
from tailboard.panels import Service


@dataclass(frozen=True)
class Query:
    """One query of a panel: a range query, or an instant one without a `step`."""

    panel: str
    name: str
    template: str
    step: int | None

    @property
    def expression(self) -> str:
        """The expression with Grafana's `$__rate_interval`: step plus scrape, or four scrapes."""
        step = self.step or SCRAPE_INTERVAL
        return self.expand_template(f"{max(step + SCRAPE_INTERVAL, 4 * SCRAPE_INTERVAL)}s")

    def expand_template(self, window: str) -> str:
        """The expression with all instances chosen, and with this window for its rates."""
        values = {
            "$__rate_interval": window,
            "$__range": f"{TIME_RANGE}s",
            "$instance": ".*",
        }
        expression = self.template
        for name, value in values.items():
            expression = expression.replace(name, value)
        if "$" in expression:
            raise AssertionError(f"{self.panel}: a variable is left in {expression}")
        return expression


def list_queries(service: Service) -> list[Query]:
    """Every query of the service's overview."""
    document = build_document(overview(service))
    return [
        Query(panel["title"], target["refId"], target["expr"], _find_step(panel, target))
        for panel in _walk_panels(document["panels"])
        for target in panel.get("targets", ())
    ]


def _walk_panels(panels: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for panel in panels:
        yield panel
        yield from _walk_panels(panel.get("panels") or [])


def _find_step(panel: dict[str, Any], target: dict[str, Any]) -> int | None:
    """The step of a range query in seconds.

    A panel requests one point a pixel, but never a step below the scrape interval: from 240 pixels
    on, a sixth of a small screen, an hour has steps of one scrape.
    """
    if target.get("instant"):
        return None
    return max(SCRAPE_INTERVAL, TIME_RANGE // (panel.get("maxDataPoints") or TIME_RANGE))
