"""Objectives to begin with: what the program does today, at the bound of a bucket."""

from dataclasses import dataclass
from math import inf

from tailboard.init.recognised import Recognised
from tailboard.metrics.distribution import distribution
from tailboard.metrics.exposition import Catalogue
from tailboard.panels.concept import DURATION, OVERALL_DURATION, REQUESTS
from tailboard.panels.metric import Histogram, Metric, Role

PERCENTILE = 0.99
AVAILABILITY = 0.999
FASTEST = 0.1
"""Seconds: nobody promises less before having thought about it."""

UNSEEN = 1.0
"""Seconds, where nothing was observed yet."""


@dataclass(frozen=True)
class Promises:
    """The seconds within which 99 % are answered, the availability, and why one is left out.

    `observed` are the seconds at which the bucket of the observed percentile ends, infinite in the
    last bucket; None where nothing was observed.
    """

    latency: float | None = None
    availability: float | None = None
    left_out: str = ""
    observed: float | None = None


def promises(there: Catalogue, recognised: Recognised) -> Promises:
    """Objectives that the program's metrics can tell something about."""
    known = recognised.convention.metrics
    if REQUESTS not in known or recognised.pushed:
        return Promises()
    availability = AVAILABILITY if Role.STATUS in known[REQUESTS].labels else None
    duration = promised(recognised)
    if duration is None:
        return Promises(None, availability, "there are no durations of requests")
    scale = duration.unit.per_base
    most = _largest(known.get(DURATION))
    usable = [it / scale for it in duration.buckets[:-1] if 0 < it / scale <= most]
    if not duration.exact or len(usable) < 2:
        why = f"the buckets of {duration.name} are too coarse for a promise"
        return Promises(None, availability, why)
    seen = _seen(duration, there)
    observed = None if seen is None else seen / scale
    wanted = UNSEEN if observed is None else max(FASTEST, observed)
    enough = [it for it in usable if it >= wanted * (1 - 1e-9)]
    return Promises(min(enough, default=usable[-1]), availability, observed=observed)


def promised(recognised: Recognised) -> Histogram | None:
    """The histogram of which a latency is promised, if there is one."""
    known = recognised.convention.metrics
    duration = known.get(OVERALL_DURATION) or known.get(DURATION)
    return duration if isinstance(duration, Histogram) else None


def _largest(by_route: Metric | None) -> float:
    """The seconds that the durations by route can tell: a promise holds for each route too."""
    if not isinstance(by_route, Histogram) or not by_route.buckets:
        return inf
    return by_route.buckets[-1] / by_route.unit.per_base


def _seen(duration: Histogram, there: Catalogue) -> float | None:
    """The bound of the bucket in which the percentile lies now; None without observations."""
    exposed = there.metrics.get(f"{duration.name}_bucket")
    observed = distribution(exposed.buckets) if exposed else None
    return observed.position(PERCENTILE).upper if observed and observed.total > 0 else None
