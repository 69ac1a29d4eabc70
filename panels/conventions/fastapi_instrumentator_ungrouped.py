"""prometheus-fastapi-instrumentator 8.1.0 with status codes, raw unknown paths and the gauge.

Choose it for `Instrumentator(should_group_status_codes=False, should_group_untemplated=False,
should_instrument_requests_inprogress=True, inprogress_labels=True)`.
"""

from dataclasses import replace

from tailboard.panels.concept import IN_FLIGHT, REQUESTS
from tailboard.panels.conventions.fastapi_instrumentator import FASTAPI_INSTRUMENTATOR, FINER_ROUTES
from tailboard.panels.conventions.process import SEVERAL_WORKERS
from tailboard.panels.metric import Counter, Gauge, Role

FASTAPI_INSTRUMENTATOR_UNGROUPED = replace(
    FASTAPI_INSTRUMENTATOR.evolve(
        name="fastapi_instrumentator_ungrouped",
        metrics={
            REQUESTS: Counter(
                "http_requests_total",
                labels={Role.ROUTE: "handler", Role.METHOD: "method", Role.STATUS: "status"},
            ),
            IN_FLIGHT: Gauge(
                "http_requests_inprogress",
                labels={Role.ROUTE: "handler", Role.METHOD: "method"},
                caution="Empty unless the application turns it on "
                "(should_instrument_requests_inprogress=True).",
            ),
        },
    ),
    library="prometheus-fastapi-instrumentator 8.1.0, ungrouped",
    notes=(
        "Unknown paths appear as clients sent them: every scan adds series. Keep "
        "should_group_untemplated=True on a public service.",
        "Without inprogress_labels=True the gauge has no route, and counts the scrape itself.",
        FINER_ROUTES,
        SEVERAL_WORKERS,
    ),
)
