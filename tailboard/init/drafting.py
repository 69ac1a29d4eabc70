"""From what there is, and what it was recognised as, to all that a definition declares."""

from collections.abc import Sequence

from tailboard.init.definition_text import Draft
from tailboard.init.own_metrics import own_metrics
from tailboard.init.promises import promises
from tailboard.init.recognised import Recognised
from tailboard.init.recognition import recognise
from tailboard.metrics.exposition import Catalogue
from tailboard.publish.errors import TailboardError

MOST_JOBS = 8


def drafted(
    there: Catalogue, name: str, jobs: Sequence[str] = (), recognised: Recognised | None = None
) -> Draft:
    """A service of that name; its jobs are those that pushed, or called like it, if none is named.

    Raises `TailboardError` where nothing was measured yet.
    """
    if not there.series and not there.declared:
        raise TailboardError(
            "no metric has a series yet",
            tip="let the program answer a few requests, then ask again.",
        )
    found = recognised or recognise(there)
    return Draft(
        name,
        list(jobs) or _pushing(there, found) or [name],
        found,
        promises(there, found),
        own_metrics(there, found),
    )


def _pushing(there: Catalogue, recognised: Recognised) -> list[str]:
    """With `honor_labels`, what a Pushgateway exposes says whose it is."""
    labels = there.metrics["push_time_seconds"].labels if recognised.pushed else {}
    return sorted(labels["job"].known)[:MOST_JOBS] if "job" in labels else []
