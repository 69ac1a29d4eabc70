"""What Grafana's answers mean."""

import pytest

from tailboard.publish.errors import ServerError, TailboardError
from tailboard.publish.grafana.api import ConflictError, ForbiddenError, RefusedError
from tailboard.publish.grafana.clients.responses import DELETED_REASON, validate_response
from tailboard.publish.http.connection import Response

REQUEST_DESCRIPTION = "saving the dashboard orders"


def check_error(status: int, message: str = "no", *, changing: bool = False) -> TailboardError:
    """What an answer is for us."""
    with pytest.raises(TailboardError, match=REQUEST_DESCRIPTION) as error:
        validate_response(
            Response(status, {"message": message}), REQUEST_DESCRIPTION, is_write=changing
        )
    assert message in error.value.problem
    assert error.value.tip
    return error.value


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_good_answer_is_given_back(status: int) -> None:
    answer = Response(status, {})
    assert validate_response(answer, REQUEST_DESCRIPTION, is_write=True) is answer


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RefusedError),
        (404, RefusedError),
        (409, RefusedError),
        (412, RefusedError),
        (422, RefusedError),
        (403, ForbiddenError),
        (500, ServerError),
        (503, ServerError),
    ],
)
def test_what_went_wrong_with_reading_is_told_by_status(status: int, kind: type) -> None:
    assert type(check_error(status)) is kind


@pytest.mark.parametrize("status", [404, 409, 412])
def test_a_change_that_came_too_late_is_a_conflict(status: int) -> None:
    assert type(check_error(status, changing=True)) is ConflictError


def test_a_change_of_what_was_deleted_meanwhile_is_a_conflict() -> None:
    assert type(check_error(500, f"oh: {DELETED_REASON}", changing=True)) is ConflictError


@pytest.mark.parametrize("status", [400, 403, 422, 500])
def test_a_change_that_is_refused_is_no_conflict(status: int) -> None:
    assert type(check_error(status, changing=True)) is not ConflictError


def test_nobody_knows_what_became_of_a_change_at_which_the_server_failed() -> None:
    error = check_error(500, changing=True)
    assert isinstance(error, ServerError)
    assert error.is_uncertain


def test_a_refusal_without_a_reason_invents_none() -> None:
    with pytest.raises(ForbiddenError) as error:
        validate_response(Response(403), REQUEST_DESCRIPTION)
    assert error.value.problem == f"{REQUEST_DESCRIPTION} is not allowed (403)"
