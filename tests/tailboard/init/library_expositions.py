"""What programs expose as text, made from what the libraries were seen to expose."""

from __future__ import annotations

from tailboard.metrics.catalogue import Catalogue
from tailboard.metrics.exposition import read_exposition
from tailboard.panels.matcher import quote_label
from tests.convention_expositions import format_series, quote_name
from tests.panels.test_conventions import EXPOSED_SAMPLES, PYTHON_PROCESS_SAMPLES

SEPARATE_EXPORTERS = {
    *("flower", "rq_exporter", "redis_exporter", "postgres_exporter", "pushgateway_jobs"),
}
"""Exporters whose process_* are their own."""

STATUS_CODES, STATUS_CLASSES = ("200", "500"), ("2xx", "5xx")
LABEL_VALUES = {
    "http_status": STATUS_CODES,
    "status_code": STATUS_CODES,
    "http_status_code": STATUS_CODES,
    "http_response_status_code": STATUS_CODES,
    "http.response.status_code": STATUS_CODES,
    "gen_ai_token_type": ("input", "output"),
    "gen_ai.token.type": ("input", "output"),
    "rpc_system": ("grpc", "grpc"),
    "rpc_system_name": ("grpc", "grpc"),
    "le": (),
    "type": ("rss", "vms"),
}
ROUTE_TEMPLATES = ("/items/{id}", "/metrics")
RAW_PATHS = ("/items/1", "/metrics")


def list_label_values(name: str, sample: str, label: str) -> tuple[str, ...]:
    """Two values of a label, as the library writes them."""
    if label == "status" and sample == "rq_jobs":
        return "queued", "started"
    if label == "status":
        return STATUS_CLASSES if name == "fastapi_instrumentator" else STATUS_CODES
    if label == "type" and sample == "flower_events_total":
        return "task-succeeded", "task-failed"
    if label == "otel_scope_name":
        scope = {"otel_aiohttp": "aiohttp_server", "otel_tornado": "tornado"}[name]
        return (f"opentelemetry.instrumentation.{scope}",) * 2
    if label == "path":
        return RAW_PATHS if name in {"litestar", "flask_exporter"} else ROUTE_TEMPLATES
    return LABEL_VALUES.get(label, ("a", "b"))


def format_exposition(name: str, *omitted: str) -> str:
    """What a program of this convention exposes, but for some samples."""
    exposed = EXPOSED_SAMPLES[name] | (
        PYTHON_PROCESS_SAMPLES if name in SEPARATE_EXPORTERS else set()
    )
    lines = []
    for sample, labels, bounds in sorted(exposed):
        if sample not in omitted:
            lines += _format_family(name, sample, labels.split(), bounds.split())
    return "\n".join(lines) + "\n"


def _format_family(name: str, sample: str, labels: list[str], bounds: list[str]) -> list[str]:
    """All observations of a histogram lie in the lower half of its buckets, and none fails."""
    several = [[*list_label_values(name, sample, label)] for label in labels] or [[]]
    pairs = [
        [
            f'{quote_label(label)}="{those[n]}"'
            for label, those in zip(labels, several, strict=False)
        ]
        for n in range(2 if labels else 1)
    ]
    if not bounds:
        kind = "counter" if sample.endswith("_total") else "untyped"
        sample_lines = (f"{format_series(sample, ','.join(labels))} 3" for labels in pairs)
        return [f"# TYPE {quote_name(sample)} {kind}", *sample_lines]
    base = sample.removesuffix("_bucket")
    lines = [f"# TYPE {quote_name(base)} histogram"]
    for pair in pairs:
        step = 0 if "5" in "".join(pair) else 100
        counts = [step * min(index, len(bounds) // 2) for index in range(1, len(bounds) + 2)]
        lines += [
            f"""{format_series(sample, ",".join([*pair, f'le="{bound}"']))} {count}"""
            for bound, count in zip((*bounds, "+Inf"), counts, strict=True)
        ]
        lines += [
            f"{format_series(f'{base}_{end}', ','.join(pair))} {counts[-1]}"
            for end in ("count", "sum")
        ]
    return lines


def read_catalogue(text: str) -> Catalogue:
    """What there is in a text."""
    catalogue = Catalogue()
    read_exposition((line.encode() + b"\n" for line in text.strip().splitlines()), catalogue, "it")
    return catalogue
