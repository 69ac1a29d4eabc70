"""Mark most cases of a slow test, so that only some of them run in `make test`."""

from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet


def mark_slow(names: Iterable[str], fast: Iterable[str]) -> list[ParameterSet]:
    """Every case; all but the fast ones run in `make test-slow` only."""
    fast_names = set(fast)
    return [
        pytest.param(name, marks=() if name in fast_names else pytest.mark.slow) for name in names
    ]
