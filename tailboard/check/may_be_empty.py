"""The reviewed list of queries that may ask for what is not there, or is not there any more.

The panels of a batch job have no metric between its runs: for an hour a server says that there was
one, and then that there is none. One entry allows both. It does not allow a mistake in the query,
a collision of labels, nor a server that does not answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tailboard.check.query_states import CheckResult
from tailboard.check.states import ABSENT_STATES
from tailboard.findings.exclusion import Exclusion, build_unused_finding
from tailboard.findings.finding import Finding

NAME = "may_be_empty"


def apply_allowances(
    results: Iterable[CheckResult], allowances: Sequence[Exclusion], source: str
) -> tuple[list[CheckResult], list[Finding]]:
    """The queries, those that the list allows with their reason; and what of the list is idle."""
    used_allowances: set[Exclusion] = set()
    reviewed_results = []
    for result in results:
        applicable = [
            allowance
            for allowance in allowances
            if result.state in ABSENT_STATES and allowance.is_at(result.place)
        ]
        used_allowances.update(applicable)
        reviewed_results.append(
            replace(result, allowed=applicable[0].reason) if applicable else result
        )
    unused = [
        allowance for allowance in dict.fromkeys(allowances) if allowance not in used_allowances
    ]
    problem = f"{NAME} allows what is not empty"
    return reviewed_results, [
        build_unused_finding(allowance, problem, source) for allowance in unused
    ]
