"""The modules of ready-made panels."""

from importlib import import_module

MODULE_NAMES = (
    "latency",
    "errors",
    "slo",
    "traffic",
    "health",
    "saturation",
    "database",
    "dependencies",
    "batch",
    "workers",
    "llm",
    "business",
    "own",
    "hygiene",
    "fleet",
)
READY_MADE = tuple(import_module(f"tailboard.panels.{name}") for name in MODULE_NAMES)
"""In the order that `tailboard list` shows them."""
