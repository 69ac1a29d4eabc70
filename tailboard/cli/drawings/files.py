"""Drawings as files: an index, a page for each dashboard, and pictures."""

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from tailboard.cli.reports.file_report import print_file_report
from tailboard.cli.reports.terminal import print_message
from tailboard.preview.dashboard_drawing import DashboardDrawing
from tailboard.preview.pages.site import (
    PictureOptions,
    build_pages,
    build_pictures,
    build_shared_files,
    name_pages,
)
from tailboard.publish.formats import File
from tailboard.publish.output import Output, OutputChanges
from tailboard.publish.plural import format_count


def write_drawings(
    drawings: Sequence[DashboardDrawing],
    folder: Path,
    pictures: PictureOptions,
    query_count: int,
    *,
    force: bool,
    as_json: bool,
) -> None:
    """Write the drawings into a folder, and report what was written."""
    pages = name_pages(drawings)
    changes = _write_files(pages, folder, pictures, force=force)
    for note in dict.fromkeys(note for drawing in drawings for note in drawing.notes):
        print_message(f"note: {note}")
    report = _build_report(pages, query_count) if as_json else None
    print_file_report(changes, folder, _describe_drawings(drawings), report, check=False)
    print_message(f"Open {folder / 'index.html'}")


def _write_files(
    pages: Sequence[tuple[str, DashboardDrawing]],
    folder: Path,
    pictures: PictureOptions,
    *,
    force: bool,
) -> OutputChanges:
    output = Output(folder, command="preview", force=force)
    try:
        for name, content in (*build_shared_files().items(), *build_pages(pages)):
            output.add(File(PurePosixPath(name), content))
        for file in build_pictures(pages, pictures):
            output.add(file)
        return output.commit()
    finally:
        output.discard()


def _describe_drawings(drawings: Sequence[DashboardDrawing]) -> str:
    panel_count = sum(len(drawing.panels) for drawing in drawings)
    empty_count = sum(drawing.empty_count for drawing in drawings)
    return (
        f"{format_count(len(drawings), 'dashboard')} with {format_count(panel_count, 'panel')}"
        + (f", {empty_count} without data" if empty_count else "")
        + (" (example data)" if any(drawing.is_example for drawing in drawings) else "")
    )


def _build_report(
    pages: Iterable[tuple[str, DashboardDrawing]], query_count: int
) -> dict[str, Any]:
    """The pages, and the panels without data with the reasons."""
    return {
        "queries": query_count,
        "dashboards": [
            {
                "page": name,
                "panels": len(drawing.panels),
                "title": drawing.title,
                "uid": drawing.view.uid,
                "without_data": [
                    {"problems": list(panel.problems), "title": panel.title}
                    for panel in drawing.panels
                    if not panel.has_data
                ],
            }
            for name, drawing in pages
        ],
    }
