"""The only place that composes PromQL.

Every function returns an expression that can be an operand of the others: whatever binds weaker
than a function call is in parentheses.
"""

from tailboard.panels.promql.expression import (
    WINDOW,
    add_label,
    aggregate,
    build_age,
    clamp_min,
    copy_label,
    filter_above,
    filter_at_least,
    filter_by_guards,
    format_number,
    selector,
    strip_parentheses,
    topk,
    union,
)
from tailboard.panels.promql.histogram import (
    build_apdex,
    build_bound_matcher,
    build_bucket_rates,
    build_fraction_within,
    build_last_mean,
    build_mean,
    build_slow_rate,
    build_time_spent,
    quantile,
)
from tailboard.panels.promql.ratio import add, build_zero_while_up, ratio
from tailboard.panels.promql.series import (
    aggregate_gauge,
    aggregate_over_time,
    changes,
    count_label_values,
    increase,
    rate,
    select_label_sets,
    select_series,
)

__all__ = [
    "WINDOW",
    "add",
    "add_label",
    "aggregate",
    "aggregate_gauge",
    "aggregate_over_time",
    "build_age",
    "build_apdex",
    "build_bound_matcher",
    "build_bucket_rates",
    "build_fraction_within",
    "build_last_mean",
    "build_mean",
    "build_slow_rate",
    "build_time_spent",
    "build_zero_while_up",
    "changes",
    "clamp_min",
    "copy_label",
    "count_label_values",
    "filter_above",
    "filter_at_least",
    "filter_by_guards",
    "format_number",
    "increase",
    "quantile",
    "rate",
    "ratio",
    "select_label_sets",
    "select_series",
    "selector",
    "strip_parentheses",
    "topk",
    "union",
]
