"""A variable that nothing uses: whoever chooses a value wonders why nothing changes.

It is used where a panel, a row, a link, an annotation or another variable names it, or repeats by
it. A data source's variable for ad hoc filters works without being named.

Bad: `"title": "Errors"`, on a dashboard with a variable called job that no query names either
Good: `"title": "Errors of $job"`, or a query that chooses by it
"""

import json
import re
from collections.abc import Iterator

from tailboard.findings.finding import Place
from tailboard.lint.linting import LintRule
from tailboard.queries.subject import Subject, listed


def _of_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    declared = listed(subject.plain, "templating")
    text = json.dumps([subject.plain.get(it) for it in ("panels", "rows", "annotations", "links")])
    for variable in declared:
        name = str(variable.get("name"))
        others = json.dumps([it for it in declared if it is not variable])
        here = re.escape(name)
        used = re.compile(rf'\$\{{?{here}\b|\[\[{here}\b|"repeat": "{here}"')
        if not used.search(text) and not used.search(others) and variable.get("type") != "adhoc":
            yield f"the variable {name!r} is not used", "take it away, or use it.", subject.place


RULE = LintRule(
    "unused-variable",
    "warning",
    "a variable that nothing uses",
    __doc__,
    of_document=_of_document,
)
