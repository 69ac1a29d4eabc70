"""Some cases of many, for a test that is too slow to try them all whenever `make test` runs."""

from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet


def some_fast(names: Iterable[str], fast: Iterable[str]) -> list[ParameterSet]:
    """Every case; all but the fast ones are left to `make test-slow`."""
    chosen = set(fast)
    return [pytest.param(it, marks=() if it in chosen else pytest.mark.slow) for it in names]
