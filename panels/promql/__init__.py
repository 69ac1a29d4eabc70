"""The only place that composes PromQL.

Every function returns an expression that may stand as an operand of the others: what binds weaker
than a function call is in parentheses.
"""

from tailboard.panels.promql.expression import (
    WINDOW,
    above,
    age,
    aggregated,
    at_least,
    bare,
    copied_label,
    either,
    labelled,
    number,
    provided,
    reaches,
    selector,
    top,
)
from tailboard.panels.promql.histogram import (
    apdex,
    bound_matcher,
    buckets,
    last_mean,
    mean,
    quantile,
    slower,
    time_spent,
    within,
)
from tailboard.panels.promql.ratio import added, ratio, zero_while_up
from tailboard.panels.promql.series import (
    changes,
    existing,
    increase,
    over_time,
    rate,
    series,
    value,
    value_count,
)

__all__ = [
    "WINDOW",
    "above",
    "added",
    "age",
    "aggregated",
    "apdex",
    "at_least",
    "bare",
    "bound_matcher",
    "buckets",
    "changes",
    "copied_label",
    "either",
    "existing",
    "increase",
    "labelled",
    "last_mean",
    "mean",
    "number",
    "over_time",
    "provided",
    "quantile",
    "rate",
    "ratio",
    "reaches",
    "selector",
    "series",
    "slower",
    "time_spent",
    "top",
    "value",
    "value_count",
    "within",
    "zero_while_up",
]
