"""django-prometheus 2.5.0.

Choose it for a Django project with both of its middlewares; its database and cache back ends add
the panels for those.
"""

from tailboard.panels.concept import (
    CACHE_HITS,
    CACHE_MISSES,
    DB_CONNECTIONS,
    DB_DURATION,
    DB_FAILURES,
    DURATION,
    EXCEPTIONS,
    IN_FLIGHT,
    OUTGOING_DURATION,
    REQUESTS,
)
from tailboard.panels.convention import Convention
from tailboard.panels.conventions import buckets
from tailboard.panels.conventions.process import PROCESS, SEVERAL_WORKERS
from tailboard.panels.conventions.unmeasured import NO_OUTGOING
from tailboard.panels.metric import Counter, Difference, Histogram, Role, Unit

_GETS = "Empty unless the cache's BACKEND is one of django_prometheus. Counts gets only."

DJANGO_PROMETHEUS = Convention(
    name="django_prometheus",
    library="django-prometheus 2.5.0",
    metrics={
        REQUESTS: Counter(
            "django_http_responses_total_by_status_view_method_total",
            labels={Role.ROUTE: "view", Role.METHOD: "method", Role.STATUS: "status"},
        ),
        DURATION: Histogram(
            "django_http_requests_latency_seconds_by_view_method",
            labels={Role.ROUTE: "view", Role.METHOD: "method"},
            unit=Unit.SECONDS,
            buckets=buckets.DJANGO,
            caution="A request that raised an exception is observed twice.",
        ),
        IN_FLIGHT: Difference(
            "django_http_requests_before_middlewares_total",
            minus="django_http_responses_before_middlewares_total",
            caution="Requests less responses. Counts the scrape itself: an idle instance shows 1.",
        ),
        EXCEPTIONS: Counter(
            "django_http_exceptions_total_by_type_total",
            labels={Role.EXCEPTION: "type"},
            caution="Http404 counts as an exception too.",
        ),
        **PROCESS,
        DB_DURATION: Histogram(
            "django_db_query_duration_seconds",
            labels={Role.DATABASE: "alias"},
            unit=Unit.SECONDS,
            buckets=buckets.DJANGO,
            caution="Empty unless the ENGINE is one of django_prometheus. Says neither which "
            "operation nor which table, and all queries faster than 10 ms fall into one bucket.",
        ),
        DB_FAILURES: Counter(
            "django_db_errors_total",
            labels={Role.DATABASE: "alias", Role.EXCEPTION: "type"},
        ),
        CACHE_HITS: Counter("django_cache_get_hits_total", caution=_GETS),
        CACHE_MISSES: Counter("django_cache_get_misses_total", caution=_GETS),
    },
    missing={
        DB_CONNECTIONS: "the library counts new connections only "
        "(django_db_new_connections_total); see the convention postgres_exporter.",
        OUTGOING_DURATION: NO_OUTGOING,
    },
    excluded_routes=("prometheus-django-metrics",),
    notes=(
        "django_http_requests_latency_including_middlewares_seconds is not used: it has no label "
        "to leave out scrapes and health checks, which are all that a quiet service answers.",
        "Queries need ENGINE = django_prometheus.db.backends.*, cache metrics need BACKEND = "
        "django_prometheus.cache.backends.*; without them those panels stay empty.",
        "The label view is the URL's name, or a dotted path if it has none; unknown paths share "
        '"<unnamed view>". Exclude a health check by its name: '
        'evolve(excluded_routes=("prometheus-django-metrics", "health")).',
        "Requests are counted by the responses. The durations' count has requests that raised "
        "twice.",
        "The names really end in _total_by_..._total.",
        "The buckets are PROMETHEUS_LATENCY_BUCKETS in the settings.",
        SEVERAL_WORKERS,
    ),
)
