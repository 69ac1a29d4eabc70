"""`tailboard rename`: metrics, labels and units renamed in definitions and rule files."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tailboard.cli.options.common import JSON_OPTION
from tailboard.cli.reports.terminal import print_json_report, print_lines, print_message
from tailboard.publish.plural import format_count

if TYPE_CHECKING:
    from tailboard.rename.files import RenamedFiles
    from tailboard.rename.note import Note
    from tailboard.rename.renames import Renames

EXAMPLE = """\b
Example:
  tailboard rename took_ms=took_seconds --unit ms=s rules.yaml --write
"""


@click.command("rename", epilog=EXAMPLE)
@click.argument("names", nargs=-1, metavar="[OLD=NEW]... [DEFINITIONS]...")
@click.option(
    "--label",
    "labels",
    multiple=True,
    metavar="OLD=NEW",
    help="A label of the metrics that are named; of all metrics where none is.",
)
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    metavar="NAME",
    help="A metric whose labels or unit change, and not its name.",
)
@click.option("--unit", metavar="OLD=NEW", help="The unit of the metrics: ms=s, KiB=bytes.")
@click.option("--both", is_flag=True, help="Read old and new while both are exposed.")
@click.option("--write", is_flag=True, help="Write the files; else the difference is printed.")
@click.option("--dry-run", is_flag=True, help="Print the difference and write nothing.")
@JSON_OPTION
@click.pass_context
def command(
    context: click.Context,
    names: tuple[str, ...],
    labels: tuple[str, ...],
    metrics: tuple[str, ...],
    unit: str | None,
    both: bool,
    write: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Rename metrics and labels in definitions and rule files.

    Changes dashboards' JSON and rule files (.yaml, .yml, .rules). Expressions are changed by their
    tree, and what is written is proven to be the same query but for the names; the rest of a file
    stays byte for byte. A histogram is renamed with its _bucket, _sum and _count. Legends,
    variables, annotations, overrides and templates of alerts follow.

    With --unit, thresholds and the unit of a panel change with the numbers, or the expression
    converts them. With --both, each query reads the new name, or the old one where the new is
    missing; without it, later, the old one is taken away again.

    Python is never changed: where it has to be is listed. Exits with 1 if anything is left to do
    by hand, or if nothing has an old name.
    """
    from tailboard.rename.files import rename_in_files

    if write and dry_run:
        raise click.UsageError("--write and --dry-run exclude each other; leave one out.")
    pairs, paths = _split_arguments(context, names)
    renames = _parse_options([*pairs, *metrics], labels, unit, both=both)
    renamed_files = rename_in_files(paths, renames)
    changes, notes = renamed_files.changes, renamed_files.notes
    if write:
        for change in changes:
            change.write()
    if as_json:
        _print_report(renamed_files, is_written=write)
    elif not write:
        for change in changes:
            print_lines(change.render_diff().removesuffix("\n").split("\n"))
    if notes:
        print_message("Left to be changed by hand:")
        for line in _render_notes(notes):
            print_message(line)
    verb = "changed" if write else "would change"
    print_message(
        f"{format_count(len(changes), 'file')} of {renamed_files.file_count} {verb}, "
        f"{format_count(len(notes), 'place')} left to be changed by hand"
    )
    if not changes and not notes:
        print_message("Note: nothing here has an old name; `tailboard find` looks for others.")
    return int(bool(notes) or not changes)


def _split_arguments(
    context: click.Context, arguments: Iterable[str]
) -> tuple[list[str], list[Path]]:
    """The names that are renamed and the paths; those of the settings where none is named."""
    pairs, paths = [], []
    for argument in arguments:
        if "=" in argument and not Path(argument).exists():
            pairs.append(argument)
        else:
            paths.append(Path(argument))
    if not paths:
        paths = [Path(path) for path in (context.default_map or {}).get("definitions") or []]
    if not paths:
        raise click.UsageError(
            "where? Name definitions, JSON documents, rule files or folders of them."
        )
    return pairs, paths


def _parse_options(
    metrics: Sequence[str], labels: Sequence[str], unit: str | None, *, both: bool
) -> "Renames":
    from tailboard.panels.definition_error import DefinitionError
    from tailboard.rename.renames import parse_renames

    try:
        return parse_renames(metrics, labels, unit, is_both=both)
    except DefinitionError as error:
        raise click.UsageError(str(error)) from error


def _render_notes(notes: Sequence["Note"]) -> Iterator[str]:
    from tailboard.lint.lines import find_lines

    lines = find_lines(note.place for note in notes if not note.line)
    for note in dict.fromkeys(notes):
        line = note.line or (lines[note.place] if note.place.panel else 0)
        source = f"{note.place.source}:{line}" if line else note.place.source
        location = f"{note.place.location}: " if note.place.location else ""
        yield f"  {source}: {location}{note.problem}"


def _print_report(renamed_files: "RenamedFiles", *, is_written: bool) -> None:
    from dataclasses import asdict

    print_json_report(
        {
            "changes": [
                {"diff": change.render_diff(), "path": change.path.as_posix()}
                for change in renamed_files.changes
            ],
            "notes": [
                {**asdict(note.place), "line": note.line, "problem": note.problem}
                for note in renamed_files.notes
            ],
            "written": is_written,
        }
    )
