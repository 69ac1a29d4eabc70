"""What one rule is: an alert rule that wakes someone up, a recording rule that keeps a number."""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, field
from typing import Any, Literal

from tailboard.panels.record import record

Severity = Literal["critical", "warning"]
"""`critical` pages somebody now; `warning` is looked at on the next working day."""

Signal = Literal[
    "up",
    "latency",
    "errors",
    "saturation",
    "database",
    "dependencies",
    "queue",
    "batch",
    "metrics",
]
"""What an alert is about: of one signal, a critical alert makes the warnings redundant."""

IMMEDIATE = "0s"
"""How long an alert lasts (`for`) that fires at the first evaluation of its condition."""

InputSeries = Mapping[str, str]
"""Input series and their values in promtool's notation, without how often: `0+15`."""


@record
class RecordingRule:
    """A number that Prometheus computes now and then and keeps under another name.

    `interval` is how often, where that is another than all rules have.
    """

    name: str
    expression: str
    labels: Mapping[str, str] = field(default_factory=dict)
    interval: str = ""


@record
class Example:
    """Series that must make an alert rule fire, or must not.

    `delay` is how long the series exist before the rule's own `for` begins.
    """

    title: str
    series: InputSeries
    is_firing: bool
    delay: str = "1m"


@record
class AlertRule:
    """A condition that somebody has to know of.

    The expression's series are the alerts. `lasting` is how long it has to hold (`for`),
    `keep_firing` how long an alert goes on after it does not hold any more. `summary` and
    `description` are Prometheus' templates. `panel` is the ready-made panel that shows it, `limit`
    what that panel draws: a number, several of them, or the expression of a moving line.
    `series_labels` are the labels that the alerts keep, which choose the values of the dashboard's
    variables.
    """

    _: KW_ONLY
    name: str
    expression: str
    severity: Severity
    signal: Signal
    lasting: str
    summary: str
    description: str
    keep_firing: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    panel: Callable[..., Any] | None = None
    limit: float | str | tuple[float, ...] | None = None
    series_labels: tuple[str, ...] = ()
    time_range: str = "1h"
    examples: tuple[Example, ...] = ()

    @property
    def timing(self) -> str:
        """When it fires, in words: at once, after 2m."""
        return "at once" if self.lasting == IMMEDIATE else f"after {self.lasting}"


@record
class Note:
    """What somebody who promises something should know about it: where an alert is inexact."""

    text: str
