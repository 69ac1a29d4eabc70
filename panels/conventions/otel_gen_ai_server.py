"""OpenTelemetry's metrics of servers of language models: `gen_ai.server.*`.

Choose it for a model server or a gateway in front of several that exposes them, as Envoy AI
Gateway does.
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
from tailboard.panels.conventions import buckets, otel_gen_ai
from tailboard.panels.conventions.process import describe_missing_process
from tailboard.panels.conventions.unmeasured import NO_COST

_CALLS = otel_gen_ai.build_calls("gen_ai_server_request_duration_seconds", otel_gen_ai.CALLS)
_NO_PROCESS = "the conventions name no metrics of the process"

OTEL_GEN_AI_SERVER = Convention(
    name="otel_gen_ai_server",
    library="OpenTelemetry's conventions for generative AI 1.42",
    metrics={
        MODEL_CALLS: _CALLS,
        MODEL_FAILURES: otel_gen_ai.build_failures(_CALLS),
        MODEL_DURATION: _CALLS,
        FIRST_TOKEN: otel_gen_ai.build_calls(
            "gen_ai_server_time_to_first_token_seconds",
            buckets.OTEL_FIRST_TOKEN,
            "Only of requests that succeed.",
        ),
        TOKEN_INTERVAL: otel_gen_ai.build_calls(
            "gen_ai_server_time_per_output_token_seconds",
            buckets.OTEL_TOKEN_INTERVAL,
            "The average of each request, after its first token.",
        ),
        INPUT_TOKENS: otel_gen_ai.build_tokens("input"),
        OUTPUT_TOKENS: otel_gen_ai.build_tokens("output"),
    },
    missing={
        RUNNING_REQUESTS: otel_gen_ai.NO_QUEUE,
        WAITING_REQUESTS: otel_gen_ai.NO_QUEUE,
        KV_CACHE_USAGE: otel_gen_ai.NO_CACHE,
        PREFIX_CACHE_HITS: otel_gen_ai.NO_CACHE,
        MODEL_COST: NO_COST,
        **describe_missing_process(_NO_PROCESS),
    },
    notes=(
        "The conventions have no tokens of a server's own: those of gen_ai.client.token.usage are "
        "read, which gateways expose beside them. Without them leave INPUT_TOKENS and "
        "OUTPUT_TOKENS out.",
        "The names are those of the conventions: no Python library that measures a server was at "
        "hand to run.",
        *otel_gen_ai.NOTES,
    ),
)
