"""The summary of a command that writes files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tailboard.cli.reports.terminal import print_error, print_json_report, print_message
from tailboard.publish.output import OutputChanges
from tailboard.publish.plural import format_count


def print_file_report(
    changes: OutputChanges,
    folder: Path,
    description: str,
    extra_fields: Mapping[str, Any] | None,
    *,
    check: bool,
) -> int:
    """Report the written files, as JSON if there are `extra_fields`; return the exit code."""
    if extra_fields is not None:
        summary = {
            "out": str(folder),
            "removed": sorted(changes.removed_files),
            "unchanged": len(changes.unchanged_files),
            "written": sorted(changes.written_files),
            **extra_fields,
        }
        print_json_report(summary, sort_keys=True)
    if check and changes.stale_files:
        for name in changes.stale_files:
            print_message(
                f"  {'obsolete' if name in changes.removed_files else 'stale'}  {folder / name}"
            )
        stale_text = format_count(len(changes.stale_files), "stale file")
        print_error(f"{stale_text} in {folder}; run the same command without --check")
        return 1
    print_message(
        f"{description}: {format_count(len(changes.written_files), 'file')} written, "
        f"{len(changes.unchanged_files)} unchanged, "
        f"{len(changes.removed_files)} removed in {folder}"
    )
    return 0
