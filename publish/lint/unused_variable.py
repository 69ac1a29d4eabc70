"""A variable that nothing uses: whoever chooses a value wonders why nothing changes."""

import json
import re
from collections.abc import Iterator

from publish.finding import Place
from publish.linting import LintRule
from publish.subject import Subject, listed


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
