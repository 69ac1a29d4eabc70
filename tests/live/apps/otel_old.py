# mypy: ignore-errors
"""OpenTelemetry on FastAPI with the HTTP names it still writes by default (milliseconds)."""

from .shared.otel_shop import otel_serve

serve = otel_serve()
