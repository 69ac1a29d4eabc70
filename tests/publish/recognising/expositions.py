"""What programs expose as text, made from what the libraries were seen to expose."""

from __future__ import annotations

import itertools

from tailboard.metrics.exposition import Catalogue, read_exposition
from tests.panels.test_conventions import EXPOSED, PYTHON_PROCESS

NOT_THE_PROGRAMS = {
    *("flower", "rq_exporter", "redis_exporter", "postgres_exporter", "pushgateway_jobs"),
}
"""Exporters whose process_* are their own."""

CODES, CLASSES = ("200", "500"), ("2xx", "5xx")
VALUES = {
    "http_status": CODES,
    "status_code": CODES,
    "http_status_code": CODES,
    "http_response_status_code": CODES,
    "le": (),
    "type": ("rss", "vms"),
}
TEMPLATES = ("/items/{id}", "/metrics")
RAW = ("/items/1", "/metrics")


def values(name: str, sample: str, label: str) -> tuple[str, ...]:
    """Two values of a label, as the library writes them."""
    if label == "status" and sample == "rq_jobs":
        return "queued", "started"
    if label == "status":
        return CLASSES if name == "fastapi_instrumentator" else CODES
    if label == "type" and sample == "flower_events_total":
        return "task-succeeded", "task-failed"
    if label == "path":
        return RAW if name in {"litestar", "flask_exporter"} else TEMPLATES
    return VALUES.get(label, ("a", "b"))


def exposition(name: str, *leaving_out: str) -> str:
    """What a program of this convention exposes, but for some samples."""
    exposed = EXPOSED[name] | (PYTHON_PROCESS if name in NOT_THE_PROGRAMS else set())
    lines = []
    for sample, labels, bounds in sorted(exposed):
        if sample not in leaving_out:
            lines += _family(name, sample, labels.split(), bounds.split())
    return "\n".join(lines) + "\n"


def _family(name: str, sample: str, labels: list[str], bounds: list[str]) -> list[str]:
    several = [[*values(name, sample, it)] for it in labels] or [[]]
    pairs = [
        [f'{label}="{those[n]}"' for label, those in zip(labels, several, strict=False)]
        for n in range(2 if labels else 1)
    ]
    if not bounds:
        kind = "counter" if sample.endswith("_total") else "unknown"
        written = (f"{sample}{{{','.join(it)}}} 3" for it in pairs)
        return [f"# TYPE {sample} {kind}", *written]
    base = sample.removesuffix("_bucket")
    lines = [f"# TYPE {base} histogram"]
    for pair in pairs:
        counts = itertools.count(10, 10)
        lines += [
            f"{sample}{{{','.join([*pair, f'le=^{bound}^'.replace('^', chr(34))])}}} {next(counts)}"
            for bound in (*bounds, "+Inf")
        ]
        lines += [f"{base}_{end}{{{','.join(pair)}}} {next(counts)}" for end in ("count", "sum")]
    return lines


def catalogue(text: str) -> Catalogue:
    """What there is in a text."""
    found = Catalogue()
    read_exposition((line.encode() + b"\n" for line in text.strip().splitlines()), found, "it")
    return found
