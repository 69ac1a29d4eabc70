# mypy: ignore-errors
"""OpenTelemetry on FastAPI with the HTTP names it still writes by default (milliseconds)."""

from .shared.otel_shop import build_otel_server

serve = build_otel_server()
