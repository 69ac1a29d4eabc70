"""Dashboards' JSON written as definitions in Python: the files, what is said of them, the exit."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tailboard.cli.reports.terminal import print_error, print_json_report, print_message, print_raw
from tailboard.publish.plural import format_count

if TYPE_CHECKING:
    from tailboard.convert.conversion import Conversion


def write_definitions(
    contents: Mapping[str, Any],
    folder: Path | None,
    *,
    is_strict: bool,
    force: bool,
    as_json: bool,
    missing_uids: Sequence[str] = (),
) -> int:
    """Convert the JSON of dashboards, by where it comes from, and write what proves itself.

    Without a folder the only definition goes to stdout. Returns the exit code: 1 where `is_strict`
    and a definition differs from its JSON, 2 where none can be converted, 4 where only some can.
    """
    from tailboard.convert.file_names import name_files
    from tailboard.publish.pull_output import write_files

    conversions, refusals = _convert_dashboards(contents)
    for uid in missing_uids:
        print_error(f"there is no dashboard {uid}, or the credentials may not see it")
    differing_names = [name for name, conversion in conversions.items() if conversion.differences]
    for name, conversion in conversions.items():
        _print_remarks(name, conversion.notes, conversion.differences, is_strict=is_strict)
    kept_conversions = [
        conversion
        for conversion in conversions.values()
        if not (is_strict and conversion.differences)
    ]
    files = {}
    written_files: list[str] = []
    if folder is None:
        for conversion in kept_conversions if not as_json else ():
            print_raw(conversion.text)
    else:
        files = name_files(kept_conversions, folder)
        written_files = write_files(
            folder, {path: file.text.encode() for path, file in files.items()}, force=force
        )
        print_message(
            f"{format_count(len(files), 'definition')}: "
            f"{format_count(len(written_files), 'file')} written in {folder}"
        )
    if as_json:
        paths = {conversion.uid: str(path) for path, conversion in files.items()}
        print_json_report(
            {
                "dashboards": _build_conversions_json(conversions, paths),
                "missing": [*missing_uids],
                "refused": refusals,
                "written": written_files,
            }
        )
    failure_count = len(refusals) + len(missing_uids)
    return _find_exit_code(len(kept_conversions), failure_count, differing_names, is_strict)


def _convert_dashboards(
    contents: Mapping[str, Any],
) -> "tuple[dict[str, Conversion], dict[str, str]]":
    """The conversions by where each is from, and why the others cannot be converted."""
    from tailboard.convert.conversion import convert_dashboard
    from tailboard.definitions.exceptions import convert_shape_errors
    from tailboard.panels.definition_error import DefinitionError

    conversions: dict[str, Conversion] = {}
    refusals: dict[str, str] = {}
    for name, content in contents.items():
        try:
            with convert_shape_errors(content):
                conversions[name] = convert_dashboard(content)
        except DefinitionError as error:
            refusals[name] = str(error)
            print_error(f"{name} cannot be converted: {error}")
    return conversions, refusals


def _build_conversions_json(
    conversions: "Mapping[str, Conversion]", paths: Mapping[str, str]
) -> list[dict[str, Any]]:
    return [
        {
            "source": name,
            "uid": conversion.uid,
            "title": conversion.title,
            "file": paths.get(conversion.uid),
            "lines": conversion.text.count("\n"),
            "notes": list(conversion.notes),
            "differences": list(conversion.differences),
        }
        for name, conversion in conversions.items()
    ]


def _find_exit_code(
    kept_count: int, failure_count: int, differing_names: list[str], is_strict: bool
) -> int:
    has_strict_failures = is_strict and bool(differing_names)
    if not failure_count and not has_strict_failures:
        return 0
    if kept_count:
        return 4
    return 1 if has_strict_failures else 2


def _print_remarks(
    name: str, notes: tuple[str, ...], differences: tuple[str, ...], *, is_strict: bool
) -> None:
    for note in notes:
        print_message(f"Note: {name}: {note}")
    if not differences:
        return
    text = "".join(f"\n  {difference}" for difference in differences)
    if is_strict:
        print_error(f"{name}: its definition would not build the same dashboard:{text}")
    else:
        print_message(f"Warning: {name}: its definition builds another dashboard:{text}")
