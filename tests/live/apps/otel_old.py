# mypy: ignore-errors
"""OpenTelemetry on FastAPI with the HTTP names it still writes by default (milliseconds)."""

from tests.live.apps.shared.otel_app import build_otel_server

serve = build_otel_server()
