"""The exit code of a run: from what became of its items."""

import pytest

from tailboard.publish.grafana.plan.items import DashboardItem, FolderItem
from tailboard.publish.plan.item import State
from tailboard.publish.plan.outcome import Outcome, Result, compute_exit_code

DASHBOARD = DashboardItem("a", "A", State.CREATE)
FOLDER = FolderItem("f", "F", State.CREATE)
DONE, UNCHANGED = Outcome(DASHBOARD, Result.DONE), Outcome(DASHBOARD, Result.UNCHANGED)
DENIED = Outcome(DASHBOARD, Result.FAILED, is_denied=True)
FAILED, STOPPED = Outcome(DASHBOARD, Result.FAILED), Outcome(DASHBOARD, Result.STOPPED)
SKIPPED, EMPTY_FOLDER = Outcome(DASHBOARD, Result.SKIPPED), Outcome(FOLDER, Result.SKIPPED)


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([], 0),
        ([DONE, UNCHANGED], 0),
        ([DENIED], 3),
        ([DENIED, SKIPPED], 3),
        ([DENIED, UNCHANGED], 3),
        ([DENIED, DONE], 4),
        ([DENIED, FAILED], 1),
        ([STOPPED, UNCHANGED], 4),
        ([FAILED, SKIPPED], 1),
        ([SKIPPED], 1),
        ([EMPTY_FOLDER], 1),
        ([EMPTY_FOLDER, UNCHANGED], 4),
    ],
)
def test_the_exit_code_is_3_only_where_somebody_was_refused(
    outcomes: list[Outcome], code: int
) -> None:
    assert compute_exit_code(outcomes) == code
