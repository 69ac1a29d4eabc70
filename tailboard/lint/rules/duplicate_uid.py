"""Two dashboards of one uid in one run: in Grafana, each overwrites the other in turn.

A dashboard without a uid counts with the one that is made of its title.

Bad: `"uid": "orders"`, on a dashboard beside another one of that uid
Good: `"uid": "orders-database"`, on that dashboard

Exclude it where the dashboards go to different Grafanas.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tailboard.dashboards.uid import derive_uid
from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.subject import Subject


def _check_run(subjects: Sequence[Subject]) -> Iterator[tuple[str, str, Place]]:
    places: dict[str, list[Place]] = defaultdict(list)
    for subject in subjects:
        if "groups" not in subject.json:
            places[_get_uid(subject)].append(subject.place)
    for uid, (first_place, *others) in places.items():
        for place in others:
            yield (
                f"the uid {uid!r} is that of a dashboard in {first_place.source} too",
                "give one of them another uid; a uid names one dashboard in Grafana.",
                place,
            )


def _get_uid(subject: Subject) -> str:
    return str(subject.json.get("uid") or derive_uid(str(subject.json.get("title"))))


RULE = LintRule(
    "duplicate-uid",
    "error",
    "two dashboards of one uid",
    __doc__,
    check_run=_check_run,
)
