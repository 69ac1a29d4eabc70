"""How the instrumentation libraries of Python programs name their metrics, one a file.

A convention is data. To add one, add its file, a line to `CONVENTION_NAMES` and what it exposes to
the test. Each is imported when it is used: a definition names one of them.
"""

from typing import TYPE_CHECKING

from tailboard.panels.definition_error import DefinitionError, suggest_name
from tailboard.panels.lazy_names import build_lazy_getattr

if TYPE_CHECKING:
    from tailboard.panels.convention import Convention
    from tailboard.panels.conventions.catalogue import CONVENTIONS
    from tailboard.panels.conventions.celery_exporter import CELERY_EXPORTER
    from tailboard.panels.conventions.django_prometheus import DJANGO_PROMETHEUS
    from tailboard.panels.conventions.dramatiq import DRAMATIQ
    from tailboard.panels.conventions.fastapi_instrumentator import FASTAPI_INSTRUMENTATOR
    from tailboard.panels.conventions.fastapi_instrumentator_ungrouped import (
        FASTAPI_INSTRUMENTATOR_UNGROUPED,
    )
    from tailboard.panels.conventions.flask_exporter import FLASK_EXPORTER
    from tailboard.panels.conventions.flask_exporter_url_rule import FLASK_EXPORTER_URL_RULE
    from tailboard.panels.conventions.flower import FLOWER
    from tailboard.panels.conventions.grpc_observability import GRPC_OBSERVABILITY
    from tailboard.panels.conventions.litellm import LITELLM
    from tailboard.panels.conventions.litestar import LITESTAR
    from tailboard.panels.conventions.litestar_grouped import LITESTAR_GROUPED
    from tailboard.panels.conventions.otel_aiohttp import OTEL_AIOHTTP
    from tailboard.panels.conventions.otel_gen_ai_client import OTEL_GEN_AI_CLIENT
    from tailboard.panels.conventions.otel_gen_ai_client_utf8 import OTEL_GEN_AI_CLIENT_UTF8
    from tailboard.panels.conventions.otel_gen_ai_server import OTEL_GEN_AI_SERVER
    from tailboard.panels.conventions.otel_http_old import OTEL_HTTP_OLD
    from tailboard.panels.conventions.otel_http_stable import OTEL_HTTP_STABLE
    from tailboard.panels.conventions.otel_http_utf8 import OTEL_HTTP_UTF8
    from tailboard.panels.conventions.otel_http_utf8_suffixes import OTEL_HTTP_UTF8_SUFFIXES
    from tailboard.panels.conventions.otel_messaging import OTEL_MESSAGING
    from tailboard.panels.conventions.otel_rpc import OTEL_RPC
    from tailboard.panels.conventions.otel_rpc_old import OTEL_RPC_OLD
    from tailboard.panels.conventions.otel_tornado import OTEL_TORNADO
    from tailboard.panels.conventions.postgres_exporter import POSTGRES_EXPORTER
    from tailboard.panels.conventions.prometheus_client import PROMETHEUS_CLIENT
    from tailboard.panels.conventions.prometheus_client_jobs import PROMETHEUS_CLIENT_JOBS
    from tailboard.panels.conventions.prometheus_client_multiprocess import (
        PROMETHEUS_CLIENT_MULTIPROCESS,
    )
    from tailboard.panels.conventions.pushgateway_jobs import PUSHGATEWAY_JOBS
    from tailboard.panels.conventions.py_grpc_prometheus import PY_GRPC_PROMETHEUS
    from tailboard.panels.conventions.redis_exporter import REDIS_EXPORTER
    from tailboard.panels.conventions.rq_exporter import RQ_EXPORTER
    from tailboard.panels.conventions.starlette_exporter import STARLETTE_EXPORTER
    from tailboard.panels.conventions.starlette_prometheus import STARLETTE_PROMETHEUS
    from tailboard.panels.conventions.vllm import VLLM

CONVENTION_NAMES = (
    "prometheus_client",
    "prometheus_client_multiprocess",
    "fastapi_instrumentator",
    "fastapi_instrumentator_ungrouped",
    "starlette_exporter",
    "starlette_prometheus",
    "flask_exporter",
    "flask_exporter_url_rule",
    "django_prometheus",
    "otel_http_old",
    "otel_aiohttp",
    "otel_tornado",
    "otel_http_stable",
    "otel_http_utf8",
    "otel_http_utf8_suffixes",
    "litestar",
    "litestar_grouped",
    "py_grpc_prometheus",
    "grpc_observability",
    "otel_rpc",
    "otel_rpc_old",
    "pushgateway_jobs",
    "prometheus_client_jobs",
    "flower",
    "celery_exporter",
    "dramatiq",
    "otel_messaging",
    "rq_exporter",
    "redis_exporter",
    "postgres_exporter",
    "vllm",
    "litellm",
    "otel_gen_ai_client",
    "otel_gen_ai_client_utf8",
    "otel_gen_ai_server",
)
"""The names of all, in the order that help and listings show; a module has its convention's name.

The convention itself is a constant of that name in capital letters: `PROMETHEUS_CLIENT`.
"""

__all__ = [
    "CELERY_EXPORTER",
    "CONVENTIONS",
    "CONVENTION_NAMES",
    "DJANGO_PROMETHEUS",
    "DRAMATIQ",
    "FASTAPI_INSTRUMENTATOR",
    "FASTAPI_INSTRUMENTATOR_UNGROUPED",
    "FLASK_EXPORTER",
    "FLASK_EXPORTER_URL_RULE",
    "FLOWER",
    "GRPC_OBSERVABILITY",
    "LITELLM",
    "LITESTAR",
    "LITESTAR_GROUPED",
    "OTEL_AIOHTTP",
    "OTEL_GEN_AI_CLIENT",
    "OTEL_GEN_AI_CLIENT_UTF8",
    "OTEL_GEN_AI_SERVER",
    "OTEL_HTTP_OLD",
    "OTEL_HTTP_STABLE",
    "OTEL_HTTP_UTF8",
    "OTEL_HTTP_UTF8_SUFFIXES",
    "OTEL_MESSAGING",
    "OTEL_RPC",
    "OTEL_RPC_OLD",
    "OTEL_TORNADO",
    "POSTGRES_EXPORTER",
    "PROMETHEUS_CLIENT",
    "PROMETHEUS_CLIENT_JOBS",
    "PROMETHEUS_CLIENT_MULTIPROCESS",
    "PUSHGATEWAY_JOBS",
    "PY_GRPC_PROMETHEUS",
    "REDIS_EXPORTER",
    "RQ_EXPORTER",
    "STARLETTE_EXPORTER",
    "STARLETTE_PROMETHEUS",
    "VLLM",
    "resolve_convention",
]

SOURCES = {**{name.upper(): name for name in CONVENTION_NAMES}, "CONVENTIONS": "catalogue"}
"""The module that defines each name."""

import_name = __getattr__ = build_lazy_getattr("tailboard.panels.conventions", SOURCES)


def resolve_convention(name: str) -> "Convention":
    """The convention with this name."""
    if name not in CONVENTION_NAMES:
        raise DefinitionError(
            f"there is no convention {name!r}", tip=suggest_name(name, CONVENTION_NAMES)
        )
    convention: Convention = import_name(name.upper())
    return convention
