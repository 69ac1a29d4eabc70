"""What the business counts: which share of any operation succeeds, where a funnel narrows."""

from collections.abc import Mapping, Sequence

from grafanalib import formatunits as units
from grafanalib.core import BarGauge, TimeSeries

from tailboard.panels import promql
from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.kinds.bar_gauge import bar_gauge
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.matcher import Matcher, build_matchers
from tailboard.panels.metric import Counter
from tailboard.panels.metric_names import find_rate_unit
from tailboard.panels.query import Query
from tailboard.panels.selection import Selection, merge_matchers
from tailboard.panels.service import Service
from tailboard.panels.style import BAD, GOOD, WARNING


def success_ratio(
    service: Service,
    title: str,
    counter: str,
    succeeded: Mapping[str, str | Matcher],
    *,
    objective: float = 0.99,
) -> TimeSeries:
    """The fraction of what a counter counts that has the labels of a success.

    `counter` is the metric's full name, `succeeded` the labels of a success:
    `success_ratio(shop, "Orders", "orders_created_total", {"outcome": "ok"})`.
    """
    if not 0 < objective < 1:
        raise DefinitionError(
            f"an objective of {objective!r} is not a fraction", tip="write 99 % as 0.99."
        )
    all_events = service.select_metric(Counter(counter))
    success_rate = promql.rate(_filter_by_labels(all_events, succeeded), service.by)
    total_rate = promql.rate(all_events, service.by)
    return timeseries(
        f"{title}: success ratio",
        [
            Query(
                f"(({success_rate} or 0 * {total_rate}) / ({total_rate} > 0))",
                f"{service.legend} {title}",
            )
        ],
        description=f"The share of {counter} that succeeded. A gap means that nothing was tried.",
        unit=units.PERCENT_UNIT,
        maximum=1,
        thresholds=[(max(0, 2 * objective - 1), WARNING), (objective, GOOD)],
        base=BAD,
    )


def rate(
    service: Service, title: str, counter: str, *, by: Sequence[str] = (), limit: int = 10
) -> TimeSeries:
    """How often something happens, per second, by any of its labels."""
    events = service.select_metric(Counter(counter))
    expression = promql.rate(events, (*service.by, *by))
    return timeseries(
        title,
        [
            Query(
                promql.topk(limit, expression) if by else expression,
                service.format_legend(*by),
            )
        ],
        description=f"{counter} per second.",
        unit=find_rate_unit(counter),
    )


def funnel(
    service: Service,
    title: str,
    steps: Mapping[str, tuple[str, Mapping[str, str | Matcher]]],
) -> BarGauge:
    """How many reach each step, over the dashboard's time range, and where they leave.

    `steps` maps a step's name to a counter and the labels that mean the step:
    `{"Cart": ("shop_step_total", {"step": "cart"}), "Paid": ("orders_total", {})}`.
    """
    if len(steps) < 2:
        raise DefinitionError(
            f"the funnel {title!r} has {len(steps)} steps", tip="name at least two steps in order."
        )
    return bar_gauge(
        title,
        [
            Query(
                promql.increase(
                    _filter_by_labels(service.select_metric(Counter(counter)), labels),
                    service.by,
                    "$__range",
                ),
                step if not service.by else f"{service.legend} {step}",
            )
            for step, (counter, labels) in steps.items()
        ],
        description="How many reached each step in the dashboard's time range. Counters are "
        "extrapolated, so that numbers are not whole, and the first event of a new series is lost.",
        unit=units.SHORT,
    )


def _filter_by_labels(
    selection: Selection[Counter], labels: Mapping[str, str | Matcher]
) -> Selection[Counter]:
    return Selection(
        selection.metric,
        merge_matchers(selection.matchers, build_matchers(labels)),
        selection.histograms,
    )
