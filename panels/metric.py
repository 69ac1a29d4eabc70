"""A metric: its name, its labels by role, its unit and its buckets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum

from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.matcher import Matcher
from tailboard.panels.statuses import HTTP_STATUSES, Statuses


class Role(StrEnum):
    """The meaning of a label, independent of the name that an instrumentation library gives it."""

    ROUTE = "route"
    METHOD = "method"
    STATUS = "status"
    EXCEPTION = "exception"
    OPERATION = "operation"
    TABLE = "table"
    POOL = "pool"
    STATE = "state"
    PEER = "peer"
    COMMAND = "command"
    DATABASE = "database"
    JOB = "job"
    TASK = "task"
    QUEUE = "queue"
    WORKER = "worker"
    GENERATION = "generation"
    MODEL = "model"


class Unit(Enum):
    """A unit: Grafana's name for it, and how many of it make one of the base unit."""

    ONE = ("short", 1)
    SECONDS = ("s", 1)
    MILLISECONDS = ("ms", 1_000)
    MICROSECONDS = ("µs", 1_000_000)
    BYTES = ("bytes", 1)

    def __init__(self, grafana_unit: str, scale: int) -> None:
        self.grafana_unit = grafana_unit
        self.scale = scale


@dataclass(frozen=True)
class Metric:
    """One metric that an application exposes.

    `labels` maps a role to the label's name. `matchers` narrow a metric that carries several
    meanings (`{"type": "rss"}`). `caution` is a sentence about the numbers for the panel's readers.
    `statuses` says what the values of its status label mean, if it has one.
    """

    name: str
    labels: Mapping[Role, str] = field(default_factory=dict)
    matchers: Mapping[str, str | Matcher] = field(default_factory=dict)
    unit: Unit = Unit.ONE
    caution: str = ""
    statuses: Statuses = field(default=HTTP_STATUSES, kw_only=True)

    def __post_init__(self) -> None:
        statuses: object = self.statuses
        if not isinstance(statuses, Statuses):
            raise DefinitionError(
                f"the statuses of {self.name!r} are {statuses!r}",
                tip='declare them: Statuses("gRPC", successes=StatusGroup(("OK",)), '
                'failures=StatusGroup(("INTERNAL",))).',
            )


@dataclass(frozen=True)
class Counter(Metric):
    """A value that only grows; shown as a rate."""


@dataclass(frozen=True)
class Gauge(Metric):
    """A value that goes up and down; shown unchanged."""


@dataclass(frozen=True)
class Histogram(Metric):
    """Observations counted in buckets; `name` is without `_bucket`.

    `buckets` are the finite upper bounds in the metric's own unit. `exact` is false where they are
    too coarse for the quantity, so that a percentile would only show a bucket's bound. `pushed`
    says that the series come through a Pushgateway, where rates are meaningless.
    """

    buckets: tuple[float, ...] = ()
    exact: bool = True
    pushed: bool = False


@dataclass(frozen=True)
class Summary(Metric):
    """Observations that each instance counts and adds up; `name` is without `_count`.

    `quantiles` are those that each instance also computes; prometheus-client for Python has none.
    Those of several instances cannot be combined.
    """

    quantiles: tuple[float, ...] = ()


@dataclass(frozen=True)
class Difference(Metric):
    """A gauge that an application exposes as two counters: `name` minus `minus`."""

    minus: str = ""


@dataclass(frozen=True)
class Total(Metric):
    """A counter that an application exposes in parts: the sum of `name` and `plus`."""

    plus: str = ""
