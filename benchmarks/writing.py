"""What it costs to write so many dashboards: every contender in turn, again and again."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.contenders import CONTENDERS, OURS, Contender
from benchmarks.cost import Cost, cost
from benchmarks.spread import Spread
from benchmarks.workload import COUNT

ONE = 1
"""A run with one dashboard: the interpreter, the imports and the command line, all but alone."""


@dataclass(frozen=True)
class Writing:
    """What one contender takes for one number of dashboards."""

    contender: str
    dashboards: int
    seconds: Spread
    cpu_seconds: Spread
    peak_bytes: Spread
    written_bytes: int


def measure(dashboards: int, repeats: int, tell: Callable[[str], None]) -> list[Writing]:
    """All contenders with one and with `dashboards`; tailboard with a fifth and twice of it too."""
    cells = [(contender, count) for count in (ONE, dashboards) for contender in CONTENDERS]
    cells += [(OURS, count) for count in (dashboards // 5, dashboards * 2)]
    for contender in CONTENDERS:
        _write(contender, ONE)  # Python writes its bytecode, the system reads the files
    runs: dict[tuple[Contender, int], list[tuple[Cost, int]]] = {cell: [] for cell in cells}
    for turn in range(repeats):
        for contender, count in cells:
            tell(f"run {turn + 1} of {repeats}: {contender.name}, {count} dashboards")
            runs[contender, count].append(_write(contender, count))
    return [_summary(contender, count, found) for (contender, count), found in runs.items()]


def _write(contender: Contender, count: int) -> tuple[Cost, int]:
    """One run, and the bytes of the documents that it leaves."""
    with TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        contender.prepare(folder, count)
        spent = cost(contender.command(folder), {COUNT: str(count)})
        documents = [it for it in folder.rglob("*.json") if not it.name.startswith(".")]
        if len(documents) != count:
            raise AssertionError(f"{contender.name} wrote {len(documents)} of {count} documents")
        return spent, sum(it.stat().st_size for it in documents)


def _summary(contender: Contender, count: int, runs: list[tuple[Cost, int]]) -> Writing:
    return Writing(
        contender.name,
        count,
        Spread.of(spent.seconds for spent, _ in runs),
        Spread.of(spent.cpu_seconds for spent, _ in runs),
        Spread.of(spent.peak_bytes for spent, _ in runs),
        runs[0][1],
    )
