"""How long `tailboard --version` takes beside an empty click program, in turn."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.contenders import TAILBOARD
from benchmarks.cost import HERE, cost
from benchmarks.spread import Spread
from benchmarks.turns import turns

OURS = [TAILBOARD, "--version"]
EMPTY = [sys.executable, str(HERE / "empty_click.py")]


@dataclass(frozen=True)
class StartUp:
    """Seconds by the clock and CPU seconds of both."""

    tailboard: Spread
    empty_click: Spread
    tailboard_cpu: Spread
    empty_click_cpu: Spread

    @property
    def ratio(self) -> float:
        """How many times as long tailboard takes."""
        return self.tailboard.median / self.empty_click.median

    @property
    def cpu_ratio(self) -> float:
        """How many times as much CPU time tailboard takes."""
        return self.tailboard_cpu.median / self.empty_click_cpu.median


def measure(pairs: int, tell: Callable[[str], None]) -> StartUp:
    """Both so many times, after one time for the caches."""
    tell(f"start-up, {pairs} times each")
    runs = turns(lambda: (cost(OURS), cost(EMPTY)), pairs)
    return StartUp(
        Spread.of(ours.seconds for ours, _ in runs),
        Spread.of(empty.seconds for _, empty in runs),
        Spread.of(ours.cpu_seconds for ours, _ in runs),
        Spread.of(empty.cpu_seconds for _, empty in runs),
    )
