# mypy: ignore-errors
"""OpenTelemetry on FastAPI with the stable names, sent by OTLP to `LIVE_OTLP_URL`."""

import os

# Read on the first import of an instrumentation.
os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "http,database"

from tests.live.apps.shared.otel_app import build_otlp_server

serve = build_otlp_server(os.environ["LIVE_OTLP_URL"], "otel_otlp")
