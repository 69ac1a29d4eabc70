"""One test over many cases: what fails is listed, whatever else passes."""

import pytest

from tests.for_each import for_each


def check_even(number: int) -> None:
    assert number % 2 == 0, "it is odd"


def test_all_failures_are_listed_by_their_case() -> None:
    with pytest.raises(AssertionError) as failure:
        for_each([1, 2, 3], lambda number: f"number {number}")(check_even)()
    lines = str(failure.value).splitlines()
    assert lines[0] == "2 of 3 fail"
    assert [line for line in lines if line.startswith("number")] == [
        "number 1: it is odd",
        "number 3: it is odd",
    ]


def test_cases_that_all_pass_are_no_failure() -> None:
    for_each([2, 4])(check_even)()


def test_the_test_has_the_name_of_the_check() -> None:
    assert for_each([2])(check_even).__name__ == "check_even"
