"""OpenTelemetry's instrumentation of aiohttp's server, 0.66b1, with the stable HTTP conventions.

Choose it for aiohttp under opentelemetry-instrumentation-aiohttp-server with
`OTEL_SEMCONV_STABILITY_OPT_IN=http` and the Prometheus exporter. With the older names it exposes no
route, so that nothing could be split by it.
"""

import dataclasses

from tailboard.panels.concept import DURATION, IN_FLIGHT, REQUESTS
from tailboard.panels.conventions.otel_http_stable import OTEL_HTTP_STABLE
from tailboard.panels.matcher import matches
from tailboard.panels.statuses import HTTP_STATUSES, StatusGroup

_SCOPE = {"otel_scope_name": "opentelemetry.instrumentation.aiohttp_server"}
_STATUSES = dataclasses.replace(
    HTTP_STATUSES, failures=StatusGroup(("500", "5xx", "503"), matches("|5.."), "5xx")
)
_REQUESTS = dataclasses.replace(
    OTEL_HTTP_STABLE.metrics[REQUESTS],
    matchers=_SCOPE,
    caution="A request that raises has no status here; it counts as failed.",
    statuses=_STATUSES,
)

OTEL_AIOHTTP = dataclasses.replace(
    OTEL_HTTP_STABLE,
    name="otel_aiohttp",
    library="opentelemetry-instrumentation-aiohttp-server 0.66b1, stable HTTP conventions",
    metrics={
        **OTEL_HTTP_STABLE.metrics,
        REQUESTS: _REQUESTS,
        DURATION: _REQUESTS,
        IN_FLIGHT: dataclasses.replace(OTEL_HTTP_STABLE.metrics[IN_FLIGHT], matchers=_SCOPE),
    },
    notes=(
        "A handler that raises leaves http_response_status_code empty, and the exception's class "
        'in error_type; aiohttp answers 500. A query of =~"5.." alone misses every crash.',
        "Other instrumentations' requests have another otel_scope_name, and are not read. With "
        "scope_info_enabled=False nothing has one: use otel_http_stable and its statuses evolved.",
        *OTEL_HTTP_STABLE.notes,
    ),
)
