"""OpenTelemetry's `gen_ai.client.*` under their own names, by OTLP to Prometheus 3.

Choose it where Prometheus receives OTLP with `translation_strategy: NoTranslation`.
"""

from tailboard.panels.convention import Convention
from tailboard.panels.conventions import otel_gen_ai
from tailboard.panels.conventions.process import describe_missing_process

OTEL_GEN_AI_CLIENT_UTF8 = Convention(
    name="otel_gen_ai_client_utf8",
    library="opentelemetry-instrumentation-genai-openai 1.3b0 by OTLP, names without translation",
    metrics=otel_gen_ai.build_client_metrics(".", ""),
    missing={
        **otel_gen_ai.CLIENT_MISSING,
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
