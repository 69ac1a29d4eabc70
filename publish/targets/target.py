"""One target, and the plan for it: dashboards and rules together."""

from dataclasses import dataclass, field

from tailboard.publish.closeable import Closeable
from tailboard.publish.grafana.plan.desired import Desired
from tailboard.publish.grafana.plan.items import Plan
from tailboard.publish.grafana.server import Grafana
from tailboard.publish.plan.item import PlanItem, State
from tailboard.publish.rulers.plan import GroupItem
from tailboard.publish.rulers.ruler import Ruler

EMPTY_PLAN = Plan((), ())
NOTHING = Desired((), {})


@dataclass(frozen=True)
class Target(Closeable):
    """A Grafana, a ruler, or both; `name` is that of the settings, empty for the only one.

    `owner` is whose the dashboards and rules are, `folder` where dashboards lie that name none,
    `data_source` the uid of the one that dashboards open with, empty for Grafana's choice.
    """

    name: str
    owner: str
    grafana: Grafana | None = None
    ruler: Ruler | None = None
    folder: str = ""
    data_source: str = ""

    @property
    def address(self) -> str:
        """Where it is: the addresses of both, where there are two."""
        addresses = [self.grafana.address] if self.grafana else []
        addresses += [self.ruler.address] if self.ruler else []
        return " and ".join(dict.fromkeys(addresses))

    @property
    def label(self) -> str:
        """How people call it: its name in the settings if it has one, and its address."""
        return f"{self.name} ({self.address})" if self.name else self.address

    def close(self) -> None:
        """Give the connections back."""
        for server in (self.grafana, self.ruler):
            if server:
                server.close()


@dataclass(frozen=True)
class TargetPlan:
    """All that publishing would do at one target; `desired` is what dashboards are declared."""

    target: Target
    dashboards: Plan = EMPTY_PLAN
    rules: tuple[GroupItem, ...] = ()
    desired: Desired = field(default=NOTHING, repr=False)

    @property
    def items(self) -> tuple[PlanItem, ...]:
        """Folders, dashboards, rule groups."""
        return (*self.dashboards.items, *self.rules)

    @property
    def has_changes(self) -> bool:
        """Whether what is stored is not what is declared."""
        return any(item.state is not State.UNCHANGED for item in self.items)
