"""A scrape that Prometheus refuses: one bad line, and nothing of it is stored.

Bad: `loss{job-id="b1"} 0.9`, for which the counters beside it are lost, too
Good: `loss{job_id="b1"} 0.9`
Judged by the rules of Prometheus 2.42 and 3.16, in the text format or in OpenMetrics: a file is
OpenMetrics if it ends with `# EOF`. What one of the two takes is a note.
"""

from collections.abc import Iterator

from tailboard.check.engine import Check, MetricProblem
from tailboard.check.evidence import Evidence

TIP = "correct what the program writes; up is 0 until then, and the target's page says why."


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    for refusal in evidence.refusals:
        problem = f"Prometheus refuses all of it: {refusal.describe_problem()}"
        yield MetricProblem(refusal.source, problem, TIP)


CHECK = Check(
    "refused-scrape", "error", "a scrape that Prometheus refuses", __doc__, _check_evidence
)
