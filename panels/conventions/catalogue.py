"""All conventions, for what compares them with each other."""

from tailboard.panels.convention import Convention
from tailboard.panels.conventions import CONVENTION_NAMES, resolve_convention

CONVENTIONS: tuple[Convention, ...] = tuple(resolve_convention(name) for name in CONVENTION_NAMES)
"""All of them, in the order that help and listings show."""
