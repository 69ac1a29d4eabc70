"""Two panels of one id: links, alerts and annotations of one end at the other."""

from collections import Counter
from collections.abc import Iterator

from publish.finding import Place
from publish.linting import LintRule
from publish.subject import Subject


def _of_document(subject: Subject) -> Iterator[tuple[str, str, Place]]:
    ids = Counter(it.plain.get("id") for it in subject.panels if it.plain.get("id"))
    for number, count in ids.items():
        if count > 1:
            yield f"{count} panels have the id {number}", "give each its own.", subject.place


RULE = LintRule(
    "duplicate-id",
    "error",
    "two panels of one id",
    __doc__,
    of_document=_of_document,
)
