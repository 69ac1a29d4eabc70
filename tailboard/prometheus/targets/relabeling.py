"""A metric that its program declares, and that the server stores under another name or not at all.

The declarations of targets are those of the scrape, before `metric_relabel_configs`.
"""

from tailboard.check.selectors import PROMETHEUS_SERIES, describe_names, find_similar_names
from tailboard.check.states import EVENTLESS, NO_METRIC, Assessment
from tailboard.metrics.catalogue import Catalogue, list_series_names
from tailboard.prometheus.targets.metrics import TargetMetrics
from tailboard.prometheus.targets.selection import Selection

SERIES_SUFFIXES = ("_bucket", "_count", "_sum", "_total")


def classify_relabeling(
    name: str, selection: Selection, target_metrics: TargetMetrics
) -> Assessment | None:
    """Whether relabelling explains an absent metric; None where it does not."""
    catalogue = target_metrics.build_catalogue(selection)
    if not selection.matchers or not catalogue.is_eventless(name):
        return None
    undeclared_names = _list_undeclared_names(catalogue)
    ending = next((ending for ending in SERIES_SUFFIXES if name.endswith(ending)), None)
    similar_names = find_similar_names(name, undeclared_names) or sorted(
        other_name for other_name in undeclared_names if ending and other_name.endswith(ending)
    )
    if similar_names:
        problem = f"{name} is declared, and stored under no such name"
        tip = describe_names(
            "metric_relabel_configs seems to rename it: no program declares", similar_names
        )
        return Assessment(NO_METRIC, problem, tip)
    if dropped_count := target_metrics.fetch_dropped_count(selection):
        problem = f"{name} is declared, and has no series"
        tip = (
            "nothing to do, if it has not happened yet; but metric_relabel_configs drops "
            f"{dropped_count} samples of each scrape: see that it is not among them."
        )
        return Assessment(EVENTLESS, problem, tip)
    return None


def _list_undeclared_names(catalogue: Catalogue) -> list[str]:
    """The metrics of these targets that none of them declares."""
    family_series = {
        series_name
        for name, kind in catalogue.families.items()
        for series_name in list_series_names(name, kind)
    }
    names = catalogue.metrics.keys() - family_series - PROMETHEUS_SERIES
    return sorted(
        name for name in names if ":" not in name and not catalogue.is_creation_time(name)
    )
