"""Some cases of many, for a test that is too slow to try them all whenever `make test` runs."""

from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet


def mark_slow(names: Iterable[str], fast: Iterable[str]) -> list[ParameterSet]:
    """Every case; all but the fast ones are left to `make test-slow`."""
    fast_names = set(fast)
    return [
        pytest.param(name, marks=() if name in fast_names else pytest.mark.slow) for name in names
    ]
