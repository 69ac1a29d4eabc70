"""How what a query asks for stands beside what is exposed."""

from dataclasses import dataclass

DATA, EVENTLESS, NO_LABEL = "data", "no such event yet", "no such label"
COLLISION, NO_METRIC = "collides with a target label", "no such metric"
QUERY_ERROR = "query error"
REFUSED = "refused"
NOT_CHECKED, STALE = "not checked", "no data any more"
TOO_EXPENSIVE = "too slow or too many series"
STATES = (
    DATA,
    EVENTLESS,
    NOT_CHECKED,
    STALE,
    COLLISION,
    NO_LABEL,
    NO_METRIC,
    REFUSED,
    TOO_EXPENSIVE,
    QUERY_ERROR,
)
"""From the best to the worst."""

FINE_STATES = {DATA, EVENTLESS}
ABSENT_STATES = {STALE, NO_LABEL, NO_METRIC}
"""What a reviewed list may allow: within the hour after a batch job ended its metrics are gone, and
after that they are as if they had never been."""


@dataclass(frozen=True)
class Assessment:
    """A state, why it is not better, and what to do about it; the worst is the largest."""

    state: str = DATA
    problem: str = ""
    tip: str = ""

    def __lt__(self, other: "Assessment") -> bool:
        return STATES.index(self.state) < STATES.index(other.state)
