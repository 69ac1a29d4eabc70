"""OpenTelemetry's metrics of programs that call language models: `gen_ai.client.*`.

Choose it for an application or an agent with opentelemetry-instrumentation-genai-openai or
another instrumentation of a provider's library, and the Prometheus exporter.
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
from tailboard.panels.conventions.process import PROCESS
from tailboard.panels.conventions.unmeasured import NO_COST

_DURATION = "gen_ai_client_operation_duration_seconds"
_STREAMED = "Only of streamed answers, and of instrumentations that measure it."

OTEL_GEN_AI_CLIENT = Convention(
    name="otel_gen_ai_client",
    library="opentelemetry-instrumentation-genai-openai 1.3b0",
    metrics={
        MODEL_CALLS: otel_gen_ai.build_calls(_DURATION, otel_gen_ai.CALLS),
        MODEL_FAILURES: otel_gen_ai.build_failures(_DURATION, otel_gen_ai.CALLS),
        MODEL_DURATION: otel_gen_ai.build_calls(_DURATION, otel_gen_ai.CALLS),
        FIRST_TOKEN: otel_gen_ai.build_calls(
            "gen_ai_client_operation_time_to_first_chunk_seconds", otel_gen_ai.CALLS, _STREAMED
        ),
        TOKEN_INTERVAL: otel_gen_ai.build_calls(
            "gen_ai_client_operation_time_per_output_chunk_seconds",
            otel_gen_ai.CALLS,
            f"A chunk may hold several tokens. {_STREAMED}",
        ),
        INPUT_TOKENS: otel_gen_ai.build_tokens("input"),
        OUTPUT_TOKENS: otel_gen_ai.build_tokens("output"),
        **PROCESS,
    },
    missing={
        RUNNING_REQUESTS: otel_gen_ai.NO_QUEUE,
        WAITING_REQUESTS: otel_gen_ai.NO_QUEUE,
        KV_CACHE_USAGE: otel_gen_ai.NO_CACHE,
        PREFIX_CACHE_HITS: otel_gen_ai.NO_CACHE,
        MODEL_COST: NO_COST,
    },
    notes=(
        "opentelemetry-instrumentation-openai-v2 has the durations and the tokens, and no times of "
        "chunks: leave them out with evolve(metrics={FIRST_TOKEN: None, TOKEN_INTERVAL: None}). "
        "Its 2.4b0 does not import beside opentelemetry-util-genai 1.0 and later.",
        "A streamed answer counts its tokens only where the provider reports them, as OpenAI does "
        'with stream_options={"include_usage": True}.',
        "A call that the library repeats by itself counts once, with the time of all attempts.",
        "The requests that the application answers itself are those of its own convention: "
        "tailboard init adds these panels to them.",
        *otel_gen_ai.NOTES,
    ),
)
