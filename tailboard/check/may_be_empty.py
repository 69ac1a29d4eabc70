"""The reviewed list of queries that may ask for what is not there, or is not there any more.

The panels of a batch job have no metric between its runs: for an hour a server says that there was
one, and then that there is none. One entry allows both. It does not allow a mistake in the query,
a collision of labels, nor a server that does not answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tailboard.check.checking import Checked
from tailboard.check.state import ABSENT
from tailboard.findings.exclusion import Exclusion, not_used
from tailboard.findings.finding import Finding

NAME = "may_be_empty"


def with_reasons(
    checked: Iterable[Checked], allowed: Sequence[Exclusion], where: str
) -> tuple[list[Checked], list[Finding]]:
    """The queries, those that the list allows with their reason; and what of the list is idle."""
    used: set[Exclusion] = set()
    found = []
    for it in checked:
        about = [one for one in allowed if it.state in ABSENT and one.is_at(it.place)]
        used.update(about)
        found.append(replace(it, allowed=about[0].reason) if about else it)
    idle = [it for it in dict.fromkeys(allowed) if it not in used]
    problem = f"{NAME} allows what is not empty"
    return found, [not_used(it, problem, where) for it in idle]
