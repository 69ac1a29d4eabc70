"""OpenTelemetry's metrics of programs that call language models: `gen_ai.client.*`.

Choose it for an application or an agent with opentelemetry-instrumentation-genai-openai or
another instrumentation of a provider's library, and the Prometheus exporter.
"""

from tailboard.panels.convention import Convention
from tailboard.panels.conventions import otel_gen_ai
from tailboard.panels.conventions.process import PROCESS

OTEL_GEN_AI_CLIENT = Convention(
    name="otel_gen_ai_client",
    library="opentelemetry-instrumentation-genai-openai 1.3b0",
    metrics={**otel_gen_ai.build_client_metrics("_", "_seconds"), **PROCESS},
    missing={
        **otel_gen_ai.CLIENT_MISSING,
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
