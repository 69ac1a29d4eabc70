"""Counters, gauges, and how often something was observed."""

from collections.abc import Sequence

from tailboard.panels.matcher import Matchers, matches
from tailboard.panels.metric import Counter, Difference, Gauge, Histogram, Metric, Total
from tailboard.panels.promql.expression import WINDOW, aggregated, selector
from tailboard.panels.promql.ratio import added
from tailboard.panels.recording import WINDOW as RECORDED_WINDOW
from tailboard.panels.selection import Selection, merged


def series(selection: Selection[Metric]) -> str:
    """The series as they are."""
    return selector(selection.metric.name, selection.matchers)


def existing(selection: Selection[Metric]) -> str:
    """A selector of one series for each combination of labels, whatever the metric's type."""
    name = selection.metric.name
    if not isinstance(selection.metric, Histogram) or selection.histograms == "native":
        return selector(name, selection.matchers)
    if selection.histograms == "both":
        return selector("", (("__name__", matches(f"{name}(_count)?")), *selection.matchers))
    return selector(f"{name}_count", selection.matchers)


def over_time(function: str, selection: Selection[Gauge], window: str) -> str:
    """An aggregate of each series' values in the window: `sum_over_time`, `avg_over_time`."""
    found = selector(selection.metric.name, selection.matchers, window)
    return f"{function}_over_time({found})"


def changes(selection: Selection[Gauge], window: str) -> str:
    """How often a value changed in the window."""
    return f"changes({selector(selection.metric.name, selection.matchers, window)})"


def value_count(selection: Selection[Metric], labels: Sequence[str], by: Sequence[str] = ()) -> str:
    """How many combinations of values the labels have."""
    return aggregated("count", aggregated("count", existing(selection), labels), by)


def value(
    selection: Selection[Gauge | Difference], by: Sequence[str] = (), operator: str = "sum"
) -> str:
    """The current value, aggregated over everything but `by`."""
    metric = selection.metric
    total = aggregated(operator, series(selection), by)
    if isinstance(metric, Difference):
        left = aggregated(operator, selector(metric.minus, selection.matchers), by)
        return f"({total} - {left})"
    return total


def rate(
    selection: Selection[Counter | Histogram | Total],
    by: Sequence[str] = (),
    window: str = WINDOW,
) -> str:
    """Events per second; of a histogram, its observations."""
    return _counted("rate", selection, by, window)


def increase(
    selection: Selection[Counter | Histogram | Total],
    by: Sequence[str] = (),
    window: str = WINDOW,
) -> str:
    """Events in the window, as Prometheus extrapolates them."""
    return _counted("increase", selection, by, window)


def _counted(function: str, selection: Selection[Metric], by: Sequence[str], window: str) -> str:
    metric = selection.metric
    if isinstance(metric, Histogram):
        classic = summed(selection, f"{metric.name}_count", by, window, function)
        native = f"histogram_count({summed(selection, metric.name, by, window, function)})"
        return stored(selection, classic, native)
    counted = summed(selection, metric.name, by, window, function)
    if isinstance(metric, Total):
        return added(counted, summed(selection, metric.plus, by, window, function))
    return counted


def summed(
    selection: Selection[Metric],
    name: str,
    by: Sequence[str],
    window: str,
    function: str = "rate",
    also: Matchers = (),
) -> str:
    """A rate, added up over everything but `by`; of a histogram, `name` is one of its series.

    Where recording rules keep the rate by these labels, what they recorded is read instead; over
    another window it is the sum of that, which means something beside another such sum only.
    """
    kept = next((it for it in selection.recordings if it.keeps(name, by)), None)
    if kept and function == "rate":
        matchers = merged(kept.matchers, also)
        if window in {WINDOW, RECORDED_WINDOW}:
            return aggregated("sum", selector(kept.name(name), matchers), by)
        recorded = selector(kept.name(name), matchers, window)
        return aggregated("sum", f"sum_over_time({recorded})", by)
    series = selector(name, merged(selection.matchers, also), window)
    return aggregated("sum", f"{function}({series})", by)


def stored(selection: Selection[Metric], classic: str, native: str) -> str:
    """The expression for how the histogram is stored; with both, native wins series by series."""
    choices = {"classic": classic, "native": native, "both": f"({native} or {classic})"}
    return choices[selection.histograms]
