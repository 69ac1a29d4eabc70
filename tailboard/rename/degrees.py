"""In which power of a metric's unit the results of functions and aggregations are.

A degree is that power: 1 for what is in the unit, 0 for a count or a share, 2 for a variance.
"""

from tailboard.rename.errors import UnevenUnitError

COUNTING_FUNCTIONS = {
    *("absent", "absent_over_time", "changes", "count_over_time", "histogram_count"),
    *("histogram_fraction", "present_over_time", "resets", "sgn", "timestamp"),
    *("ts_of_first_over_time", "ts_of_last_over_time", "ts_of_max_over_time"),
    "ts_of_min_over_time",
}
"""Functions whose result is in no unit."""

SQUARING_FUNCTIONS = {"histogram_stdvar", "stdvar_over_time"}
LINEAR_FUNCTIONS = {
    *("abs", "avg_over_time", "delta", "deriv", "double_exponential_smoothing"),
    *("first_over_time", "histogram_avg", "histogram_quantile", "histogram_stddev"),
    *("histogram_sum", "holt_winters", "idelta", "increase", "irate", "label_join"),
    *("label_replace", "last_over_time", "mad_over_time", "max_over_time", "min_over_time"),
    *("predict_linear", "quantile_over_time", "rate", "scalar", "sort", "sort_by_label"),
    *("sort_by_label_desc", "sort_desc", "stddev_over_time", "sum_over_time", "vector"),
}
"""Functions whose result is in the unit of their argument."""

CLAMPING_FUNCTIONS = {"clamp", "clamp_max", "clamp_min", "round"}
"""Linear ones whose other arguments are numbers in the same unit."""

HISTOGRAM_FUNCTIONS = {
    *("histogram_avg", "histogram_count", "histogram_fraction", "histogram_quantile"),
    *("histogram_stddev", "histogram_stdvar", "histogram_sum"),
}
ABSENCE_FUNCTIONS = {"absent", "absent_over_time"}
LINEAR_AGGREGATIONS = {
    *("avg", "bottomk", "limit_ratio", "limitk", "max", "min", "quantile", "stddev", "sum", "topk"),
}
COUNTING_AGGREGATIONS = {"count", "group"}


def measure_function(name: str, degree: int) -> int:
    """The degree of a function's result, by that of its argument."""
    if not degree or name in COUNTING_FUNCTIONS:
        return 0
    if name in SQUARING_FUNCTIONS:
        return 2 * degree
    if name in LINEAR_FUNCTIONS | CLAMPING_FUNCTIONS:
        return degree
    raise UnevenUnitError(f"{name} of the metric comes in no unit that can be converted")


def measure_aggregation(op: str, degree: int) -> int:
    """The degree of an aggregation's result, by that of what it aggregates."""
    if not degree or op in COUNTING_AGGREGATIONS:
        return 0
    if op in LINEAR_AGGREGATIONS:
        return degree
    if op == "stdvar":
        return 2 * degree
    raise UnevenUnitError(f"{op} of the metric comes in no unit that can be converted")
