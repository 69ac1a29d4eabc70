"""Panel descriptions: what a panel shows, and the limits of its metric and of percentiles."""

from tailboard.panels.definition_error import MissingMetricError
from tailboard.panels.metric import Histogram, Metric
from tailboard.panels.selection import Selection

PERCENTILE_CAVEAT = (
    "Percentiles are estimated from histogram buckets: the true value lies somewhere "
    "between the two bucket bounds around the line, and never shows above the last one."
)
NATIVE_PERCENTILE_CAVEAT = (
    "Percentiles are estimated from native histograms: a few percent off with exponential buckets, "
    "as coarse as the classic buckets where Prometheus converted those."
)
GAP_CAVEAT = "Where nothing was measured there is a gap, not a zero."


def join_sentences(*sentences: str) -> str:
    """One description of several sentences; the empty ones are left out."""
    return " ".join(sentence for sentence in sentences if sentence)


def describe_percentile(selection: Selection[Histogram], description: str) -> str:
    """The description of a percentile: what it shows, then that it is an estimate."""
    caveat = PERCENTILE_CAVEAT if selection.histograms == "classic" else NATIVE_PERCENTILE_CAVEAT
    return join_sentences(description, caveat, GAP_CAVEAT, selection.metric.caution)


def describe_value(selection: Selection[Metric], description: str) -> str:
    """The description of any other number, with its metric's caution."""
    return join_sentences(description, selection.metric.caution)


def check_bucket_precision(selection: Selection[Histogram], panel: str) -> None:
    """Raise if the buckets are too coarse, so that a percentile would only be a bucket's bound."""
    metric = selection.metric
    if not metric.exact and selection.histograms != "native":
        raise MissingMetricError(
            f"the buckets of {metric.name} are too coarse for the percentiles that the panel "
            f"{panel!r} shows",
            tip=metric.caution or f"give {metric.name} buckets where its values lie.",
        )
