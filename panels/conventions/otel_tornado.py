"""OpenTelemetry's instrumentation of Tornado, 0.66b1, with the stable HTTP conventions.

Choose it for Tornado under opentelemetry-instrumentation-tornado with
`OTEL_SEMCONV_STABILITY_OPT_IN=http` and the Prometheus exporter.
"""

import dataclasses

from tailboard.panels.concept import DURATION, IN_FLIGHT, REQUESTS
from tailboard.panels.conventions.otel_http_stable import OTEL_HTTP_STABLE

_SCOPE = {"otel_scope_name": "opentelemetry.instrumentation.tornado"}
_REQUESTS = dataclasses.replace(
    OTEL_HTTP_STABLE.metrics[REQUESTS],
    matchers=_SCOPE,
    caution="A handler that raises is counted twice: an exception once with 200 and once with 500, "
    "an HTTPError twice with its status.",
)

OTEL_TORNADO = dataclasses.replace(
    OTEL_HTTP_STABLE,
    name="otel_tornado",
    library="opentelemetry-instrumentation-tornado 0.66b1, stable HTTP conventions",
    metrics={
        **OTEL_HTTP_STABLE.metrics,
        REQUESTS: _REQUESTS,
        DURATION: _REQUESTS,
        IN_FLIGHT: dataclasses.replace(
            OTEL_HTTP_STABLE.metrics[IN_FLIGHT],
            matchers=_SCOPE,
            caution="Each handler that raises lowers it twice, so that it falls below 0 and never "
            "recovers: it is only true of a program in which none raises.",
        ),
    },
    notes=(
        "Routes are templates with the names of the handler's arguments: /items/([0-9]+) of "
        "get(self, item_id) is /items/{item_id}.",
        "Where handlers raise, leave the requests in flight out, with their alert: "
        "evolve(metrics={IN_FLIGHT: None}).",
        "Other instrumentations' requests have another otel_scope_name, and are not read. With "
        "scope_info_enabled=False nothing has one: use otel_http_stable.",
        *OTEL_HTTP_STABLE.notes,
    ),
)
