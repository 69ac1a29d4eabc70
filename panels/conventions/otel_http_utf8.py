"""OpenTelemetry's stable HTTP conventions under their own names, by OTLP to Prometheus 3.

Choose it where Prometheus receives OTLP with `translation_strategy: NoTranslation`, so that the
durations are called `http.server.request.duration`, without a unit.
"""

from tailboard.panels.convention import Convention
from tailboard.panels.conventions import otel_untranslated
from tailboard.panels.conventions.routes import SCRAPE_AND_HEALTH

OTEL_HTTP_UTF8 = Convention(
    name="otel_http_utf8",
    library="opentelemetry-instrumentation 0.66b1 by OTLP, names without translation",
    metrics=otel_untranslated.build_metrics(""),
    missing=otel_untranslated.MISSING,
    excluded_routes=SCRAPE_AND_HEALTH,
    has_targets=False,
    notes=(
        *otel_untranslated.NOTES,
        "A counter has no _total and a duration no unit in its name.",
    ),
)
