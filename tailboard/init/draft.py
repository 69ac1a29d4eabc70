"""From what there is, and what it was recognised as, to all that a definition declares."""

from collections.abc import Sequence

from tailboard.init.convention_match import recognize_convention
from tailboard.init.definition_text import Draft
from tailboard.init.objective_proposal import propose_objectives
from tailboard.init.own_metrics import OwnMetrics, find_own_metrics
from tailboard.init.recognition import Recognition
from tailboard.metrics.catalogue import Catalogue
from tailboard.panels.metric import Histogram
from tailboard.panels.selection import HistogramStorage
from tailboard.publish.errors import TailboardError

MAX_JOBS = 8


def build_draft(
    catalogue: Catalogue,
    name: str,
    jobs: Sequence[str] = (),
    recognition: Recognition | None = None,
) -> Draft:
    """A service of that name; its jobs are those that pushed, or called like it, if none is named.

    Raises `TailboardError` where nothing was measured yet.
    """
    if not catalogue.series_count and not catalogue.declarations:
        raise TailboardError(
            "no metric has a series yet",
            tip="let the program answer a few requests, then ask again.",
        )
    program_recognition = recognition or recognize_convention(catalogue)
    own_metrics = find_own_metrics(catalogue, program_recognition)
    return Draft(
        name,
        list(jobs) or _list_pushed_jobs(catalogue, program_recognition) or [name],
        program_recognition,
        propose_objectives(catalogue, program_recognition),
        own_metrics,
        histograms=_find_storage(catalogue, program_recognition, own_metrics),
    )


def _find_storage(
    catalogue: Catalogue, recognition: Recognition, own_metrics: OwnMetrics
) -> HistogramStorage:
    """How the server stores the histograms that are shown: both ways, where they differ."""
    metrics = recognition.convention.metrics.values()
    histograms = {metric.name for metric in metrics if isinstance(metric, Histogram)}
    histograms |= {*own_metrics.histograms}
    native_histograms = histograms & catalogue.native_histograms
    if not native_histograms:
        return "classic"
    has_classic = any(
        "le" in catalogue.metrics[f"{name}_bucket"].labels
        for name in histograms
        if f"{name}_bucket" in catalogue.metrics
    )
    return "both" if has_classic else "native"


def _list_pushed_jobs(catalogue: Catalogue, recognition: Recognition) -> list[str]:
    """With `honor_labels`, the label `job` of pushed metrics names the program."""
    labels = catalogue.metrics["push_time_seconds"].labels if recognition.is_pushed else {}
    return sorted(labels["job"].known_values)[:MAX_JOBS] if "job" in labels else []
