"""Language models: how soon and how fast they answer, what waits, what fails, what it takes."""

from collections.abc import Sequence

from grafanalib import formatunits as units
from grafanalib.core import TimeSeries

from tailboard.panels import promql
from tailboard.panels.concept import (
    FIRST_TOKEN,
    INPUT_TOKENS,
    KV_CACHE_USAGE,
    MODEL_CALLS,
    MODEL_COST,
    MODEL_DURATION,
    MODEL_FAILURES,
    OUTPUT_TOKENS,
    PREEMPTIONS,
    PREFIX_CACHE_HITS,
    PREFIX_CACHE_LOOKUPS,
    REQUEST_WAIT,
    RUNNING_REQUESTS,
    TOKEN_INTERVAL,
    WAITING_REQUESTS,
    Concept,
)
from tailboard.panels.descriptions import describe_percentile, describe_value
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.matcher import escape_regex
from tailboard.panels.metric import Histogram, Role
from tailboard.panels.objectives import format_percentile
from tailboard.panels.percentiles import (
    PERCENTILES,
    build_percentile_panel,
    build_percentile_thresholds,
)
from tailboard.panels.query import Query
from tailboard.panels.service import Service
from tailboard.panels.style import BAD, GOOD, NEUTRAL, SECONDARY, WARNING, Thresholds

FAILURE_RATIO_WARNING, FAILURE_RATIO_CRITICAL = 0.01, 0.05
"""Shares of failed calls of a model: the second one is the alert's."""

CACHE_USAGE_WARNING, CACHE_USAGE_CRITICAL = 0.9, 0.98
"""Shares of the key-value cache in use, from which on requests will be preempted."""

HOUR = 3600
"""Seconds."""


def first_token(service: Service, *, fractions: Sequence[float] = PERCENTILES) -> TimeSeries:
    """P50, P95 and P99 of the time to the first token, with its objectives as lines."""
    return build_percentile_panel(
        "Time to first token",
        service,
        service.select_concept(FIRST_TOKEN, "llm.first_token"),
        fractions,
        "How long callers wait before the answer begins: what a user in front of a chat feels "
        "first. It grows with the prompt and with the queue.",
        thresholds=build_percentile_thresholds(service.objectives.first_token),
    )


def first_token_by_model(
    service: Service, *, fraction: float = 0.95, limit: int = 10
) -> TimeSeries:
    """One percentile of the time to the first token by model."""
    name = format_percentile(fraction)
    objective = service.objectives.first_token.get(fraction)
    return _build_model_percentile_panel(
        service,
        FIRST_TOKEN,
        "llm.first_token_by_model",
        f"{name} time to first token by model",
        fraction,
        limit,
        f"The {name} of the {limit} models that begin last.",
        thresholds=[(objective, BAD)] if objective else (),
    )


def token_interval(service: Service, *, fractions: Sequence[float] = PERCENTILES) -> TimeSeries:
    """P50, P95 and P99 of the time between tokens."""
    return build_percentile_panel(
        "Time between tokens",
        service,
        service.select_concept(TOKEN_INTERVAL, "llm.token_interval"),
        fractions,
        "How long the next token takes once the answer has begun: at 0.1 s an answer appears "
        "about as fast as people read, above it they wait for words.",
    )


def token_interval_by_model(
    service: Service, *, fraction: float = 0.95, limit: int = 10
) -> TimeSeries:
    """One percentile of the time between tokens by model."""
    name = format_percentile(fraction)
    return _build_model_percentile_panel(
        service,
        TOKEN_INTERVAL,
        "llm.token_interval_by_model",
        f"{name} time between tokens by model",
        fraction,
        limit,
        f"The {name} of the {limit} models that write most slowly.",
    )


def duration(service: Service, *, fractions: Sequence[float] = PERCENTILES) -> TimeSeries:
    """P50, P95 and P99 of whole calls, from the request to the last token."""
    return build_percentile_panel(
        "Duration of model calls",
        service,
        service.select_concept(MODEL_DURATION, "llm.duration"),
        fractions,
        "How long whole calls take, from the request to the last token: a long answer takes long "
        "without being slow.",
    )


def duration_by_model(service: Service, *, fraction: float = 0.95, limit: int = 10) -> TimeSeries:
    """One percentile of whole calls by model."""
    name = format_percentile(fraction)
    return _build_model_percentile_panel(
        service,
        MODEL_DURATION,
        "llm.duration_by_model",
        f"{name} duration by model",
        fraction,
        limit,
        f"The {name} of whole calls of the {limit} slowest models.",
    )


def calls(service: Service, *, limit: int = 10) -> TimeSeries:
    """Calls per second by model."""
    model_calls = service.select_concept(MODEL_CALLS, "llm.calls")
    model = model_calls.resolve_label(Role.MODEL, "llm.calls")
    expression = promql.rate(model_calls, (*service.by, model))
    return timeseries(
        "Calls by model",
        [Query(promql.topk(limit, expression), service.format_legend(model))],
        description=describe_value(
            model_calls, f"Calls that ended, per second, of the {limit} busiest models."
        ),
        unit=units.REQUESTS_PER_SEC,
    )


def failure_ratio(service: Service, *, limit: int = 10) -> TimeSeries:
    """The share of calls that fail, by model."""
    panel = "llm.failure_ratio"
    model_failures = service.select_concept(MODEL_FAILURES, panel)
    model = model_failures.resolve_label(Role.MODEL, panel)
    return timeseries(
        "Failed calls by model",
        [
            Query(
                promql.topk(limit, build_failure_ratio(service, panel)),
                service.format_legend(model),
            )
        ],
        description=describe_value(
            model_failures,
            f"Calls that failed, of all calls of a model, the {limit} largest shares: 0 while none "
            "fails or none is made.",
        ),
        unit=units.PERCENT_UNIT,
        thresholds=[(FAILURE_RATIO_WARNING, WARNING), (FAILURE_RATIO_CRITICAL, BAD)],
    )


def build_failure_ratio(service: Service, panel: str, window: str = promql.WINDOW) -> str:
    """The share of calls that fail, by model."""
    model_calls = service.select_concept(MODEL_CALLS, panel)
    model_failures = service.select_concept(MODEL_FAILURES, panel)
    call_by = (*service.by, model_calls.resolve_label(Role.MODEL, panel))
    failure_by = (*service.by, model_failures.resolve_label(Role.MODEL, panel))
    return promql.ratio(
        promql.rate(model_failures, failure_by, window), promql.rate(model_calls, call_by, window)
    )


def failures_by_type(service: Service, *, limit: int = 10) -> TimeSeries:
    """Failed calls per second by the kind of the error."""
    panel = "llm.failures_by_type"
    model_failures = service.select_concept(MODEL_FAILURES, panel)
    error_type = model_failures.resolve_label(Role.EXCEPTION, panel)
    expression = promql.rate(model_failures, (*service.by, error_type))
    return timeseries(
        "Failed calls by error",
        [Query(promql.topk(limit, expression), service.format_legend(error_type))],
        description=describe_value(
            model_failures,
            "Failed calls per second by the kind of the error: a limit of the provider's, a "
            "timeout, an error of the server. A line appears with its first.",
        ),
        unit=units.OPS_PER_SEC,
    )


def tokens(service: Service) -> TimeSeries:
    """Tokens per second, read and generated."""
    input_tokens = service.select_concept(INPUT_TOKENS, "llm.tokens")
    output_tokens = service.select_concept(OUTPUT_TOKENS, "llm.tokens")
    return timeseries(
        "Tokens per second",
        [
            Query(promql.sum_value_rate(input_tokens, service.by), f"{service.legend} in"),
            Query(promql.sum_value_rate(output_tokens, service.by), f"{service.legend} out"),
        ],
        description=describe_value(
            output_tokens,
            "Tokens of prompts (in) and generated tokens (out), per second: what the models work "
            "and what providers charge for.",
        ),
        unit=units.SHORT,
        colors={" in": SECONDARY, " out": NEUTRAL},
    )


def output_tokens_by_model(service: Service, *, limit: int = 10) -> TimeSeries:
    """Generated tokens per second by model."""
    panel = "llm.output_tokens_by_model"
    output_tokens = service.select_concept(OUTPUT_TOKENS, panel)
    model = output_tokens.resolve_label(Role.MODEL, panel)
    expression = promql.sum_value_rate(output_tokens, (*service.by, model))
    return timeseries(
        "Generated tokens by model",
        [Query(promql.topk(limit, expression), service.format_legend(model))],
        description=describe_value(
            output_tokens, f"Tokens per second of the {limit} models that generate most."
        ),
        unit=units.SHORT,
    )


def cost(service: Service, *, limit: int = 10) -> TimeSeries:
    """What the calls of each model cost, at the present rate, in an hour."""
    panel = "llm.cost"
    spend = service.select_concept(MODEL_COST, panel)
    model = spend.resolve_label(Role.MODEL, panel)
    expression = f"{HOUR} * {promql.rate(spend, (*service.by, model))}"
    return timeseries(
        "Cost per hour",
        [Query(promql.topk(limit, expression), service.format_legend(model))],
        description=describe_value(
            spend,
            f"US dollars that an hour costs at the present rate, of the {limit} dearest models.",
        ),
        unit=units.DOLLARS,
    )


def queue(service: Service) -> TimeSeries:
    """Requests that wait and requests that run, by instance, with the queue's objective."""
    panel = "llm.queue"
    waiting = service.select_concept(WAITING_REQUESTS, panel)
    running = service.select_concept(RUNNING_REQUESTS, panel)
    by, legend = (*service.by, "instance"), service.format_legend("instance")
    return timeseries(
        "Requests running and waiting",
        [
            Query(promql.aggregate_gauge(running, by), f"{legend} running"),
            Query(build_waiting_requests(service, panel), f"{legend} waiting"),
        ],
        description=describe_value(
            waiting,
            "Requests that the models work on, and those that wait for them. Where the first line "
            "is flat and the second rises, more is asked than the instances can answer: the first "
            "tokens come late next. The line is for the requests that wait.",
        ),
        unit=units.SHORT,
        colors={" running": NEUTRAL, " waiting": WARNING},
        thresholds=[(service.objectives.waiting_requests, BAD)],
    )


def build_waiting_requests(service: Service, panel: str) -> str:
    """Requests that wait for a model, by instance."""
    waiting = service.select_concept(WAITING_REQUESTS, panel)
    return promql.aggregate_gauge(waiting, (*service.by, "instance"))


def wait(service: Service, *, fractions: Sequence[float] = PERCENTILES) -> TimeSeries:
    """P50, P95 and P99 of the time that requests wait for a model."""
    return build_percentile_panel(
        "Wait for a model",
        service,
        service.select_concept(REQUEST_WAIT, "llm.wait"),
        fractions,
        "How long requests wait before a model works on them: the part of the time to the first "
        "token that more instances take away.",
    )


def cache_usage(service: Service) -> TimeSeries:
    """The share of the key-value cache in use, by instance."""
    usage = service.select_concept(KV_CACHE_USAGE, "llm.cache_usage")
    return timeseries(
        "Key-value cache in use",
        [
            Query(
                promql.aggregate_gauge(usage, (*service.by, "instance"), "max"),
                service.format_legend("instance"),
            )
        ],
        description=describe_value(
            usage,
            "The share of the key-value cache in use, of the fullest engine of each instance. Near "
            "1 requests are preempted, and computed again later.",
        ),
        unit=units.PERCENT_UNIT,
        maximum=1,
        thresholds=[(CACHE_USAGE_WARNING, WARNING), (CACHE_USAGE_CRITICAL, BAD)],
    )


def prefix_cache_hit_ratio(service: Service) -> TimeSeries:
    """The share of the prompts' tokens that the prefix cache answers."""
    panel = "llm.prefix_cache_hit_ratio"
    lookups = service.select_concept(PREFIX_CACHE_LOOKUPS, panel)
    hits = service.select_concept(PREFIX_CACHE_HITS, panel)
    lookup_rate = promql.rate(lookups, service.by)
    return timeseries(
        "Prefix cache hit ratio",
        [
            Query(
                f"{promql.rate(hits, service.by)} / ({lookup_rate} > 0)",
                service.legend,
            )
        ],
        description=describe_value(
            hits,
            "Tokens of prompts that the cache had already, of all looked up: they are not computed "
            "again, and the first token comes sooner. A gap means that nothing was looked up.",
        ),
        unit=units.PERCENT_UNIT,
        maximum=1,
        colors={escape_regex(service.name): GOOD},
    )


def preemptions(service: Service) -> TimeSeries:
    """Preempted requests per second, by instance."""
    preempted = service.select_concept(PREEMPTIONS, "llm.preemptions")
    return timeseries(
        "Preemptions",
        [
            Query(
                promql.rate(preempted, (*service.by, "instance")),
                service.format_legend("instance"),
            )
        ],
        description=describe_value(
            preempted,
            "Requests per second that gave their cache to others and are computed again: the cache "
            "is too small for so many requests at once.",
        ),
        unit=units.OPS_PER_SEC,
    )


def _build_model_percentile_panel(
    service: Service,
    concept: Concept[Histogram],
    panel: str,
    title: str,
    fraction: float,
    limit: int,
    description: str,
    *,
    thresholds: Thresholds = (),
) -> TimeSeries:
    selection = service.select_concept(concept, panel)
    model = selection.resolve_label(Role.MODEL, panel)
    expression = promql.quantile(fraction, selection, (*service.by, model))
    return timeseries(
        title,
        [Query(promql.topk(limit, expression), service.format_legend(model))],
        description=describe_percentile(selection, description),
        unit=units.SECONDS,
        thresholds=thresholds,
    )
