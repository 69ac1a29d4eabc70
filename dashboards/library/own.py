"""The metrics of the application itself, beside those of its libraries."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import attr
from grafanalib.core import TimeSeries

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.service_dashboard import build_service_dashboard, strip_empty_rows
from tailboard.panels import business as panels_business
from tailboard.panels import own as panels_own
from tailboard.panels.grid import GRID_COLUMNS
from tailboard.panels.kinds.size import grid_size
from tailboard.panels.metric_names import format_title
from tailboard.panels.service import Service

Labels = Sequence[str]

QUANTILE = "quantile"
PANEL_HEIGHT = 9
"""Grid rows of a panel, as of every time series."""


def own(
    service: Service,
    *,
    histograms: Mapping[str, Labels] | None = None,
    summaries: Mapping[str, Labels] | None = None,
    counters: Mapping[str, Labels] | None = None,
    gauges: Mapping[str, Labels] | None = None,
    shares: Mapping[str, Labels] | None = None,
    percentages: Mapping[str, Labels] | None = None,
) -> Dashboard:
    """Metrics that only the team knows: each by its name, with the labels that split it.

    Histograms are named without `_bucket`, summaries without `_count`; with `quantile` among its
    labels a summary also shows the quantiles of each instance. Titles and units come from the
    names, as far as these keep to Prometheus' habits: `upload_duration_seconds`,
    `sent_bytes_total`. Gauges of which 1 is the whole are `shares`, those of which 100 is are
    `percentages`. No convention knows such
    metrics, so that this dashboard is built only where a definition asks for it.
    """
    shares_by_whole = {1: shares or {}, 100: percentages or {}}
    histogram_labels, counter_labels, gauge_labels = histograms or {}, counters or {}, gauges or {}
    summary_labels = summaries or {}
    names = [*histogram_labels, *summary_labels, *counter_labels, *gauge_labels]
    names += [name for share_labels in shares_by_whole.values() for name in share_labels]
    titles = _build_titles(names)

    def build_rows(selected_service: Service) -> list[Row]:
        distribution_panels = [
            panel
            for name, labels in histogram_labels.items()
            for panel in _build_distribution_line(selected_service, name, titles[name], labels)
        ]
        distribution_panels += [
            panel
            for name, labels in summary_labels.items()
            for panel in _build_summary_line(selected_service, name, titles[name], labels)
        ]
        rate_panels = [
            panels_business.rate(selected_service, f"{titles[name]} per second", name, by=labels)
            for name, labels in counter_labels.items()
        ]
        value_panels = [
            panels_own.value(selected_service, name, title=titles[name], by=labels)
            for name, labels in gauge_labels.items()
        ]
        value_panels += [
            panels_own.share(selected_service, name, whole=whole, title=titles[name], by=labels)
            for whole, share_labels in shares_by_whole.items()
            for name, labels in share_labels.items()
        ]
        return strip_empty_rows(
            Row("Distributions", distribution_panels),
            Row("Rates", rate_panels),
            Row("Values", value_panels),
        )

    description = "What the application itself measures, beyond what its libraries do."
    return build_service_dashboard(
        service, "own", "Own metrics", build_rows, description=description
    )


def _build_distribution_line(
    service: Service, name: str, title: str, labels: Labels
) -> list[TimeSeries]:
    """The panels of one histogram, together as wide as the grid."""
    panels = [panels_own.percentiles(service, name, title=title)]
    if labels:
        panels.append(panels_own.percentile_by(service, name, labels, title=title))
    panels.append(panels_own.observations(service, name, title=title, by=labels))
    return _fit_line(panels)


def _build_summary_line(
    service: Service, name: str, title: str, labels: Labels
) -> list[TimeSeries]:
    """The panels of one summary, together as wide as the grid."""
    split_labels = [label for label in labels if label != QUANTILE]
    panels = [panels_own.mean(service, name, title=title, by=split_labels)]
    if QUANTILE in labels:
        panels.append(panels_own.instance_quantiles(service, name, title=title))
    panels.append(
        panels_own.observations(service, name, title=title, by=split_labels, is_summary=True)
    )
    return _fit_line(panels)


def _fit_line(panels: Sequence[TimeSeries]) -> list[TimeSeries]:
    size = grid_size(GRID_COLUMNS // len(panels), PANEL_HEIGHT)
    return [attr.evolve(panel, gridPos=size) for panel in panels]


def _build_titles(names: Iterable[str]) -> dict[str, str]:
    """The title of each metric; the metric's name where two titles would be equal."""
    titles = {name: format_title(name) for name in names}
    title_counts = Counter(titles.values())
    return {name: title if title_counts[title] == 1 else name for name, title in titles.items()}
