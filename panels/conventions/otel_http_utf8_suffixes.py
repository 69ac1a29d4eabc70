"""OpenTelemetry's stable HTTP conventions under their own names with Prometheus' suffixes.

Choose it where Prometheus 3 receives OTLP with `translation_strategy: NoUTF8EscapingWithSuffixes`:
the dots stay, the durations are called `http.server.request.duration_seconds`.
"""

from tailboard.panels.convention import Convention
from tailboard.panels.conventions import otel_untranslated
from tailboard.panels.conventions.routes import SCRAPE_AND_HEALTH

OTEL_HTTP_UTF8_SUFFIXES = Convention(
    name="otel_http_utf8_suffixes",
    library="opentelemetry-instrumentation 0.66b1 by OTLP, names with dots and suffixes",
    metrics=otel_untranslated.build_metrics("_seconds"),
    missing=otel_untranslated.MISSING,
    excluded_routes=SCRAPE_AND_HEALTH,
    has_targets=False,
    notes=otel_untranslated.NOTES,
)
