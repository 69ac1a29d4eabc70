"""What an application measures besides what its libraries do: its own histograms and the rest."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tailboard.dashboards.dashboard import Dashboard, Row
from tailboard.dashboards.library.feasible import filled
from tailboard.dashboards.library.frame import framed
from tailboard.panels import business as panels_business
from tailboard.panels import own as panels_own
from tailboard.panels.habits import title_of
from tailboard.panels.service import Service

Labels = Sequence[str]


def own(
    service: Service,
    *,
    histograms: Mapping[str, Labels] | None = None,
    counters: Mapping[str, Labels] | None = None,
    gauges: Mapping[str, Labels] | None = None,
) -> Dashboard:
    """Metrics that only the team knows: each by its name, with the labels that split it.

    Histograms are named without `_bucket`. Titles and units come from the names, as far as these
    keep to Prometheus' habits: `upload_duration_seconds`, `sent_bytes_total`. No convention knows
    such metrics, so that this dashboard is built only where a definition asks for it.
    """
    observed, counted, shown = histograms or {}, counters or {}, gauges or {}

    def rows(chosen: Service) -> list[Row]:
        titles = _titles([*observed, *counted, *shown])
        distributions = [
            panel
            for name, by in observed.items()
            for panel in (
                panels_own.percentiles(chosen, name, title=titles[name]),
                panels_own.observations(chosen, name, title=titles[name], by=by),
            )
        ]
        rates = [
            panels_business.rate(chosen, f"{titles[name]} per second", name, by=by)
            for name, by in counted.items()
        ]
        values = [
            panels_own.value(chosen, name, title=titles[name], by=by) for name, by in shown.items()
        ]
        return filled(
            Row("Distributions", distributions), Row("Rates", rates), Row("Values", values)
        )

    says = "What the application itself measures, beyond what its libraries do."
    return framed(service, "own", "Own metrics", rows, description=says)


def _titles(names: Iterable[str]) -> dict[str, str]:
    """Titles that people read; the names themselves where two would have the same."""
    titles = {name: title_of(name) for name in names}
    count = Counter(titles.values())
    return {name: title if count[title] == 1 else name for name, title in titles.items()}
