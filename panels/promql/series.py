"""Series of counters and gauges, and rates of events."""

from collections.abc import Sequence

from tailboard.panels.matcher import Matchers, matches
from tailboard.panels.metric import Counter, Difference, Gauge, Histogram, Metric, Summary, Total
from tailboard.panels.promql.expression import WINDOW, aggregate, selector
from tailboard.panels.promql.ratio import add
from tailboard.panels.recording import WINDOW as RECORDED_WINDOW
from tailboard.panels.selection import Selection, merge_matchers


def select_series(selection: Selection[Metric]) -> str:
    """The selector of the series, without an aggregation."""
    return selector(selection.metric.name, selection.matchers)


def select_label_sets(selection: Selection[Metric]) -> str:
    """A selector of one series for each combination of labels, whatever the metric's type."""
    name = selection.metric.name
    if isinstance(selection.metric, Summary):
        return selector(f"{name}_count", selection.matchers)
    if not isinstance(selection.metric, Histogram) or selection.histograms == "native":
        return selector(name, selection.matchers)
    if selection.histograms == "both":
        return selector("", (("__name__", matches(f"{name}(_count)?")), *selection.matchers))
    return selector(f"{name}_count", selection.matchers)


def aggregate_over_time(
    function: str, selection: Selection[Gauge], window: str, offset: str = ""
) -> str:
    """An aggregate of each series' values in a window, which ends `offset` ago: `sum_over_time`."""
    range_selector = selector(selection.metric.name, selection.matchers, window)
    return f"{function}_over_time({range_selector}{f' offset {offset}' if offset else ''})"


def changes(selection: Selection[Gauge], window: str) -> str:
    """How often a value changed in the window."""
    return f"changes({selector(selection.metric.name, selection.matchers, window)})"


def count_label_values(
    selection: Selection[Metric], labels: Sequence[str], by: Sequence[str] = ()
) -> str:
    """How many combinations of values the labels have."""
    return aggregate("count", aggregate("count", select_label_sets(selection), labels), by)


def aggregate_gauge(
    selection: Selection[Gauge | Difference], by: Sequence[str] = (), operator: str = "sum"
) -> str:
    """The current value, aggregated over everything but `by`."""
    metric = selection.metric
    total = aggregate(operator, select_series(selection), by)
    if isinstance(metric, Difference):
        subtrahend = aggregate(operator, selector(metric.minus, selection.matchers), by)
        return f"({total} - {subtrahend})"
    return total


def rate(
    selection: Selection[Counter | Histogram | Summary | Total],
    by: Sequence[str] = (),
    window: str = WINDOW,
) -> str:
    """Events per second; of a histogram or a summary, its observations."""
    return _count_events("rate", selection, by, window)


def sum_first_values(
    selection: Selection[Metric], all_series: Selection[Metric], by: Sequence[str] = ()
) -> str:
    """The events that counters of the last five minutes had counted at their first sample.

    `rate` ignores them, and with them the first failures of a service. They are known where a
    target had others of the metric's series (`all_series`) before: it was scraped without this one.
    The result is an alternative for `union`.
    """
    name = _find_counter_name(selection)
    series, others = (selector(name, part.matchers) for part in (selection, all_series))
    growth = f"(increase({selector(name, selection.matchers, RECORDED_WINDOW)}) or 0 * {series})"
    new_series = f"clamp_min({series} - {growth}, 0) unless {series} offset {RECORDED_WINDOW}"
    scraped_targets = f"on (job, instance) ({others} and {others} offset {RECORDED_WINDOW})"
    first_values = aggregate("sum", f"{new_series} and {scraped_targets}", by)
    return f"{first_values} or 0 * {aggregate('sum', others, by)}"


def _find_counter_name(selection: Selection[Metric]) -> str:
    metric = selection.metric
    has_count = isinstance(metric, Histogram | Summary)
    return f"{metric.name}_count" if has_count else metric.name


def increase(
    selection: Selection[Counter | Histogram | Summary | Total],
    by: Sequence[str] = (),
    window: str = WINDOW,
) -> str:
    """Events in the window, as Prometheus extrapolates them."""
    return _count_events("increase", selection, by, window)


def _count_events(
    function: str, selection: Selection[Metric], by: Sequence[str], window: str
) -> str:
    metric = selection.metric
    if isinstance(metric, Histogram | Summary):
        classic = sum_rate(selection, f"{metric.name}_count", by, window, function)
        native = f"histogram_count({sum_rate(selection, metric.name, by, window, function)})"
        return select_histogram_expression(selection, classic, native)
    event_rate = sum_rate(selection, metric.name, by, window, function)
    if isinstance(metric, Total):
        return add(event_rate, sum_rate(selection, metric.plus, by, window, function))
    return event_rate


def sum_rate(
    selection: Selection[Metric],
    name: str,
    by: Sequence[str],
    window: str,
    function: str = "rate",
    extra_matchers: Matchers = (),
) -> str:
    """A rate, summed over all labels but `by`; of a histogram, `name` is one of its series.

    Where recording rules keep the rate by these labels, the recorded series is read instead. Over
    another window that is a sum of recorded samples, which is only meaningful as part of a ratio
    of two such sums.
    """
    recording = next(
        (recording for recording in selection.recordings if recording.has_rate(name, by)), None
    )
    if recording and function == "rate":
        matchers = merge_matchers(recording.matchers, extra_matchers)
        if window in {WINDOW, RECORDED_WINDOW}:
            return aggregate("sum", selector(recording.build_name(name), matchers), by)
        recorded_series = selector(recording.build_name(name), matchers, window)
        return aggregate("sum", f"sum_over_time({recorded_series})", by)
    range_selector = selector(name, merge_matchers(selection.matchers, extra_matchers), window)
    return aggregate("sum", f"{function}({range_selector})", by)


def select_histogram_expression(selection: Selection[Metric], classic: str, native: str) -> str:
    """The expression for the histogram's storage; with both, a native series takes precedence.

    A summary has the count and the sum of a classic histogram.
    """
    if isinstance(selection.metric, Summary):
        return classic
    choices = {"classic": classic, "native": native, "both": f"({native} or {classic})"}
    return choices[selection.histograms]
