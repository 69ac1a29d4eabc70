"""What a command that writes files says at its end."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from tailboard.cli.terminal import complain, tell
from tailboard.publish.counted import counted
from tailboard.publish.output import Changes


def report(
    changes: Changes, folder: Path, made: str, more: Mapping[str, Any] | None, *, check: bool
) -> int:
    """Say what became of the files, as JSON too where there is `more`; the exit code."""
    if more is not None:
        summary = {
            "out": str(folder),
            "removed": sorted(changes.removed),
            "unchanged": len(changes.unchanged),
            "written": sorted(changes.written),
            **more,
        }
        click.echo(json.dumps(summary, indent=2, sort_keys=True))
    if check and changes.stale:
        for name in changes.stale:
            tell(f"  {'obsolete' if name in changes.removed else 'stale'}  {folder / name}")
        stale = counted(len(changes.stale), "stale file")
        complain(f"{stale} in {folder}; run the same command without --check")
        return 1
    tell(
        f"{made}: {counted(len(changes.written), 'file')} written, "
        f"{len(changes.unchanged)} unchanged, {len(changes.removed)} removed in {folder}"
    )
    return 0
