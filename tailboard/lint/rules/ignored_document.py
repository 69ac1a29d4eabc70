"""YAML documents behind the first: Prometheus reads one, and the rules of the others never run.

It says so in its log at most, and loads the file. mimirtool and Loki read all documents of a file,
and so does Kubernetes, in whose manifests this is no finding.

Bad: a file with `groups:`, a line `---` and more `groups:` below it
Good: two files, or one list `groups:` with all of them

Exclude it where mimirtool alone reads the file.
"""

from collections.abc import Iterator

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.subject import Subject


def _check_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    for load_problem in subject.load_problems:
        if load_problem.lint_rule == RULE.name:
            yield load_problem.problem, load_problem.tip, load_problem.place


RULE = LintRule(
    "ignored-document",
    "warning",
    "YAML documents that Prometheus does not read",
    __doc__,
    check_document=_check_document,
)
