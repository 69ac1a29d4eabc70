"""`python -m benchmarks.converting DIR...`: the round trip of a collection of dashboards."""

from pathlib import Path

import click

from benchmarks.converting.round_trip import RoundTrip, run_round_trip
from benchmarks.harness.text_table import format_table

TARGET = 0.95
"""The share of a collection that comes back equal."""


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
def main(folders: tuple[Path, ...]) -> None:
    """Convert every dashboard below some folders, and compare what it builds with its JSON.

    \b
    Example:
      python -m benchmarks.converting dashboards
    """
    result = run_round_trip(folders)
    click.echo(render_report(result))
    raise SystemExit(0 if result.equal_share >= TARGET else 1)


def render_report(result: RoundTrip) -> str:
    """The counts, then every dashboard that differs or was refused."""
    rows = [
        ("equal after the round trip", f"{result.equal_count}"),
        ("of those that can be built", f"{result.equal_share:.1%}"),
        ("different", f"{len(result.differences)}"),
        ("refused, as by build", f"{len(result.refusals)}"),
        ("lines of JSON", f"{result.json_lines}"),
        ("lines of Python", f"{result.python_lines}"),
        ("seconds", f"{result.seconds:.1f}"),
    ]
    details = [
        f"{path}: {difference}"
        for path, differences in result.differences.items()
        for difference in differences
    ]
    details += [f"{path}: refused: {problem}" for path, problem in result.refusals.items()]
    return "\n".join([format_table(rows), *(["", *details] if details else [])])


if __name__ == "__main__":
    main()
