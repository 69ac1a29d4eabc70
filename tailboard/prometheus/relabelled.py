"""A metric that its program declares, and that the server stores under another name or not at all.

Targets tell what they declare as it was scraped, before `metric_relabel_configs`.
"""

from tailboard.check.selecting import OWN, alike, listed
from tailboard.check.state import EVENTLESS, NO_METRIC, Answer
from tailboard.metrics.exposition import Catalogue, parts
from tailboard.prometheus.programs import Programs
from tailboard.prometheus.selection import Selection

ENDINGS = ("_bucket", "_count", "_sum", "_total")


def relabelled(name: str, chosen: Selection, programs: Programs) -> Answer | None:
    """What became of it; None where nothing says that it is more than an event that never was."""
    there = programs.catalogue(chosen)
    if not chosen.matchers or not there.silent(name):
        return None
    others = _undeclared(there)
    ending = next((it for it in ENDINGS if name.endswith(it)), None)
    near = alike(name, others) or sorted(it for it in others if ending and it.endswith(ending))
    if near:
        problem = f"{name} is declared, and stored under no such name"
        tip = listed("metric_relabel_configs seems to rename it: no program declares", near)
        return Answer(NO_METRIC, problem, tip)
    if dropped := programs.dropped(chosen):
        problem = f"{name} is declared, and has no series"
        tip = (
            f"nothing to do, if it has not happened yet; but metric_relabel_configs drops {dropped}"
            " samples of each scrape: see that it is not among them."
        )
        return Answer(EVENTLESS, problem, tip)
    return None


def _undeclared(there: Catalogue) -> list[str]:
    """The metrics of these targets that none of them declares."""
    declared = {it for name, kind in there.families.items() for it in parts(name, kind)}
    names = there.metrics.keys() - declared - OWN
    return sorted(it for it in names if ":" not in it and not there.created(it))
