"""One test over many cases that take less time than a test of their own would."""

from collections.abc import Callable, Iterable
from typing import TypeVar

Case = TypeVar("Case")


def for_each(
    cases: Iterable[Case], format_case: Callable[[Case], str] = str
) -> Callable[[Callable[[Case], None]], Callable[[], None]]:
    """Make a test of a check, which is run on every case; the failure lists all that fail.

    pytest's own parameters cost some milliseconds each: more than most checks of one file.
    """
    all_cases = list(cases)

    def build_test(check: Callable[[Case], None]) -> Callable[[], None]:
        def test() -> None:
            failures = []
            for case in all_cases:
                try:
                    check(case)
                except AssertionError as error:
                    failures.append(f"{format_case(case)}: {error}")
            assert not failures, "\n".join([f"{len(failures)} of {len(all_cases)} fail", *failures])

        test.__name__, test.__doc__ = check.__name__, check.__doc__
        return test

    return build_test
