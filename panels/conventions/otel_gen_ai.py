"""What OpenTelemetry's conventions for generative AI share, of the client's and of the server's."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tailboard.panels.concept import (
    FIRST_TOKEN,
    INPUT_TOKENS,
    KV_CACHE_USAGE,
    MODEL_CALLS,
    MODEL_COST,
    MODEL_DURATION,
    MODEL_FAILURES,
    OUTPUT_TOKENS,
    PREFIX_CACHE_HITS,
    RUNNING_REQUESTS,
    TOKEN_INTERVAL,
    WAITING_REQUESTS,
    Concept,
)
from tailboard.panels.conventions.unmeasured import NO_COST
from tailboard.panels.matcher import differs
from tailboard.panels.metric import Histogram, Metric, Role, Unit

MODEL = {Role.MODEL: "gen_ai_request_model"}

NOTES = (
    "The names are in development (semantic-conventions-genai). Until 1.36 the provider was in the "
    "label gen_ai_system, since then in gen_ai_provider_name; no panel reads it.",
    "Every series carries gen_ai_response_model beside the model that was asked for, which a "
    "provider changes at will: group by gen_ai_request_model.",
    "Through OTLP without translation the names keep their dots (gen_ai.client.operation.duration) "
    "and the labels theirs: declare the metrics with these names.",
)
NO_QUEUE = (
    "the conventions have no gauge of running and waiting requests; vLLM has, see the "
    "convention vllm."
)
NO_CACHE = (
    "the conventions have no metric of the caches; vLLM exposes its own, see the convention vllm."
)


CALLS = tuple(0.01 * 2**power for power in range(14))
"""The bounds that the conventions recommend for whole calls: 0.01 to 81.92 s."""

TOKENS = tuple(float(4**power) for power in range(14))
"""The bounds that the conventions recommend for the tokens of a call: 1 to 67,108,864."""


def build_calls(name: str, buckets: tuple[float, ...], caution: str = "") -> Histogram:
    """The histogram of whole calls."""
    return Histogram(name, labels=MODEL, unit=Unit.SECONDS, buckets=buckets, caution=caution)


def build_failures(calls: Histogram, label: str = "error_type") -> Histogram:
    """The calls that carry a kind of error: those that succeed have no such label."""
    return replace(
        calls,
        labels={**calls.labels, Role.EXCEPTION: label},
        matchers={label: differs("")},
    )


def build_tokens(token_type: str, separator: str = "_") -> Histogram:
    """The tokens of one type, `input` or `output`, by call."""
    return Histogram(
        "gen_ai.client.token.usage".replace(".", separator),
        labels={Role.MODEL: "gen_ai.request.model".replace(".", separator)},
        matchers={"gen_ai.token.type".replace(".", separator): token_type},
        buckets=TOKENS,
    )


def build_client_metrics(separator: str, seconds: str) -> Mapping[Concept[Any], Metric]:
    """The metrics of a client: what stands for the dots of names, and what durations end in."""
    labels = {Role.MODEL: "gen_ai.request.model".replace(".", separator)}
    streamed = "Only of streamed answers, and of instrumentations that measure it."

    def build_times(name: str, caution: str = "") -> Histogram:
        full_name = f"gen_ai.client.operation.{name}".replace(".", separator)
        return Histogram(
            f"{full_name}{seconds}",
            labels=labels,
            unit=Unit.SECONDS,
            buckets=CALLS,
            caution=caution,
        )

    calls = build_times("duration")
    return {
        MODEL_CALLS: calls,
        MODEL_FAILURES: build_failures(calls, "error.type".replace(".", separator)),
        MODEL_DURATION: calls,
        FIRST_TOKEN: build_times("time_to_first_chunk", streamed),
        TOKEN_INTERVAL: build_times(
            "time_per_output_chunk", f"A chunk may hold several tokens. {streamed}"
        ),
        INPUT_TOKENS: build_tokens("input", separator),
        OUTPUT_TOKENS: build_tokens("output", separator),
    }


CLIENT_MISSING: Mapping[Concept[Any], str] = {
    RUNNING_REQUESTS: NO_QUEUE,
    WAITING_REQUESTS: NO_QUEUE,
    KV_CACHE_USAGE: NO_CACHE,
    PREFIX_CACHE_HITS: NO_CACHE,
    MODEL_COST: NO_COST,
}
