"""How many of something, in words."""

import pytest

from tailboard.publish.plural import format_count


@pytest.mark.parametrize(
    ("number", "many", "expected"),
    [
        (0, "", "0 files"),
        (1, "", "1 file"),
        (2, "", "2 files"),
        (1, "panels and rules", "1 file"),
        (2, "panels and rules", "2 panels and rules"),
    ],
)
def test_only_one_of_something_is_singular(number: int, many: str, expected: str) -> None:
    assert format_count(number, "file", many) == expected
