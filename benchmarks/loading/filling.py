"""What the server holds before it is measured: raw series, and what the rules made of them."""

from collections.abc import Callable

from benchmarks.loading.instances import exposed
from benchmarks.loading.remote_write import samples, series, times
from benchmarks.loading.scene import END, RANGE, RAW, SCRAPE
from benchmarks.loading.server import Server
from tailboard.alerts import rules_of
from tailboard.alerts.rule import RecordingRule

RULES = rules_of(RAW).rates


def fill(server: Server, instances: int, tell: Callable[[str], None]) -> None:
    """Write the history of so many instances, then let the server evaluate every rule over it.

    That is what `promtool tsdb create-blocks-from rules` does, with the same result as rules that
    were evaluated every 15 seconds while the samples came in.
    """
    for number, written in enumerate(exposed(instances)):
        if not number % 10:
            tell(f"writing the history of {instances} instances: {number}")
        server.write(written)
    for rule in RULES:
        tell(f"recording {rule.name}")
        server.write(_recorded(server, rule))


def _recorded(server: Server, rule: RecordingRule) -> bytes:
    answer = server.over(rule.expression, END - RANGE, END, SCRAPE)
    return b"".join(
        series(
            {**it["metric"], **rule.labels, "__name__": rule.name},
            samples(
                [float(value) for _, value in it["values"]], times(at for at, _ in it["values"])
            ),
        )
        for it in answer.series
    )
