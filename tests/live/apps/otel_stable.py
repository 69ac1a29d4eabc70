# mypy: ignore-errors
"""OpenTelemetry on FastAPI with the stable HTTP and database names (seconds)."""

import os

# Read on the first import of an instrumentation.
os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "http,database"

from tests.live.apps.shared.otel_app import build_otel_server

serve = build_otel_server()
