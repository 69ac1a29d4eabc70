"""OpenTelemetry's `gen_ai.client.*` under their own names, by OTLP to Prometheus 3.

Choose it where Prometheus receives OTLP with `translation_strategy: NoTranslation`.
"""

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
)
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import otel_gen_ai
from tailboard.panels.conventions.process import describe_missing_process
from tailboard.panels.conventions.unmeasured import NO_COST
from tailboard.panels.matcher import differs
from tailboard.panels.metric import Histogram, Role, Unit

_MODEL = {Role.MODEL: "gen_ai.request.model"}
_STREAMED = "Only of streamed answers, and of instrumentations that measure it."


def _build_times(name: str, caution: str = "") -> Histogram:
    return Histogram(
        f"gen_ai.client.operation.{name}",
        labels=_MODEL,
        unit=Unit.SECONDS,
        buckets=otel_gen_ai.CALLS,
        caution=caution,
    )


def _build_tokens(token_type: str) -> Histogram:
    return Histogram(
        "gen_ai.client.token.usage",
        labels=_MODEL,
        matchers={"gen_ai.token.type": token_type},
        buckets=otel_gen_ai.TOKENS,
    )


OTEL_GEN_AI_CLIENT_UTF8 = Convention(
    name="otel_gen_ai_client_utf8",
    library="opentelemetry-instrumentation-genai-openai 1.3b0 by OTLP, names without translation",
    metrics={
        MODEL_CALLS: _build_times("duration"),
        MODEL_FAILURES: Histogram(
            "gen_ai.client.operation.duration",
            labels={**_MODEL, Role.EXCEPTION: "error.type"},
            matchers={"error.type": differs("")},
            unit=Unit.SECONDS,
            buckets=otel_gen_ai.CALLS,
        ),
        MODEL_DURATION: _build_times("duration"),
        FIRST_TOKEN: _build_times("time_to_first_chunk", _STREAMED),
        TOKEN_INTERVAL: _build_times(
            "time_per_output_chunk", f"A chunk may hold several tokens. {_STREAMED}"
        ),
        INPUT_TOKENS: _build_tokens("input"),
        OUTPUT_TOKENS: _build_tokens("output"),
    },
    missing={
        RUNNING_REQUESTS: otel_gen_ai.NO_QUEUE,
        WAITING_REQUESTS: otel_gen_ai.NO_QUEUE,
        KV_CACHE_USAGE: otel_gen_ai.NO_CACHE,
        PREFIX_CACHE_HITS: otel_gen_ai.NO_CACHE,
        MODEL_COST: NO_COST,
        **describe_missing_process(
            "by OTLP nothing of prometheus-client's process collector comes"
        ),
    },
    has_targets=False,
    notes=(
        "Names with dots are for Prometheus 3: older servers refuse every query of them.",
        "By OTLP there is no `up`, and no alert about instances that are down.",
        "The names are those of the conventions; the values of otel_gen_ai_client were seen live, "
        "these names were not.",
    ),
)
