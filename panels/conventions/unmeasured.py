"""Texts about what libraries do not measure, and what to do about it."""

NO_EXCEPTIONS = (
    "the library counts no exceptions; count them by type in an exception handler "
    "(http_exceptions_total{type}), or read the 5xx in the error ratio."
)
NO_QUERIES = (
    "the library measures no queries; observe them in a histogram such as "
    "db_query_duration_seconds{operation, table} and add it with "
    "evolve(metrics={DB_DURATION: PROMETHEUS_CLIENT.metrics[DB_DURATION]})."
)
NO_OUTGOING = (
    "the library measures no outgoing calls; OpenTelemetry's instrumentation of requests or httpx "
    "does (http_client_request_duration_seconds), see the convention otel_http_stable."
)
NO_COST = (
    "what a token costs is not known here; LiteLLM's proxy counts the cost of each model "
    "(litellm_spend_metric_total), see the convention litellm."
)
