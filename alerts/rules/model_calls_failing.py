"""A language model whose calls fail."""

from collections.abc import Iterator

from tailboard.alerts import example_series, significance
from tailboard.alerts.rule import AlertRule, Example, InputSeries
from tailboard.alerts.template import (
    PERCENTAGE_TEMPLATE,
    escape_template,
    format_label_template,
    format_percentage,
)
from tailboard.panels import llm, promql
from tailboard.panels.concept import MODEL_CALLS, MODEL_FAILURES
from tailboard.panels.metric import Role
from tailboard.panels.recording import WINDOW
from tailboard.panels.service import Service

NAME = "ModelCallsFailing"


def model_calls_failing(service: Service) -> Iterator[AlertRule]:
    """Many calls of one model fail, and more than chance brings.

    Look at the kind of the failures: a limit of the provider's wants fewer calls or another key, a
    timeout more patience or a shorter answer, an error of the engine its log. Then whether another
    model can take over for a while.
    """
    model_calls = service.select_concept(MODEL_CALLS, NAME)
    model_failures = service.select_concept(MODEL_FAILURES, NAME)
    model = model_calls.resolve_label(Role.MODEL, NAME)
    by = (*service.by, model)
    limit = llm.FAILURE_RATIO_CRITICAL
    yield AlertRule(
        name=NAME,
        expression=promql.filter_by_guards(
            promql.filter_above(llm.build_failure_ratio(service, NAME, WINDOW), limit),
            significance.filter_beyond_chance(
                promql.rate(model_failures, by, WINDOW), promql.rate(model_calls, by, WINDOW), limit
            ),
            by=by,
        ),
        severity="warning",
        signal="errors",
        lasting="5m",
        keep_firing="5m",
        summary=f"{PERCENTAGE_TEMPLATE} of the calls of {format_label_template(model)} by "
        f"{escape_template(service.name)} fail",
        description=f"{PERCENTAGE_TEMPLATE} of the calls of {format_label_template(model)} fail, "
        f"more than {format_percentage(limit)}. Look first at the kind of the failures, then "
        "whether another model can take over.",
        panel=llm.failure_ratio,
        limit=limit,
        series_labels=by,
        examples=(
            Example("half of them", _build_call_series(service, 0.5), is_firing=True),
            Example("one in a hundred", _build_call_series(service, 0.01), is_firing=False),
            Example("none", _build_call_series(service, 0), is_firing=False),
        ),
    )


def _build_call_series(service: Service, share: float) -> InputSeries:
    """Two calls a second, of which some fail."""
    return {
        **example_series.build_counter_series(service, MODEL_CALLS, 2 * (1 - share)),
        **example_series.build_counter_series(service, MODEL_FAILURES, 2 * share),
    }
