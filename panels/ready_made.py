"""The modules of ready-made panels."""

from tailboard.panels import (
    batch,
    business,
    database,
    dependencies,
    errors,
    fleet,
    health,
    hygiene,
    latency,
    llm,
    own,
    saturation,
    slo,
    traffic,
    workers,
)

READY_MADE = (
    latency,
    errors,
    slo,
    traffic,
    health,
    saturation,
    database,
    dependencies,
    batch,
    workers,
    llm,
    business,
    own,
    hygiene,
    fleet,
)
"""In the order that `tailboard list` shows them."""
