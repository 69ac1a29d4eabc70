"""Two queries of one name on a panel: transformations and overrides mean only one of them."""

from collections import Counter

from publish.linting import LintRule, Said
from publish.subject import Panel


def _of_panel(panel: Panel) -> Said:
    names = Counter(str(it.get("refId") or "") for it in panel.plain.get("targets") or [])
    for name, count in names.items():
        if count > 1:
            called = f"are called {name!r}" if name else "have no name"
            yield f"{count} queries {called}", "name them A, B, C."


RULE = LintRule(
    "duplicate-refid",
    "error",
    "two queries of one name",
    __doc__,
    of_panel=_of_panel,
)
