"""The patch of a definition: each edit is tried on its text, run, and kept where it helps."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tailboard.convert.patch.editor import Editor, split_difference
from tailboard.convert.patch.heading_patch import patch_heading
from tailboard.convert.patch.layout_patch import patch_layout
from tailboard.convert.patch.panel_patch import patch_panels
from tailboard.convert.patch.row_patch import patch_rows
from tailboard.convert.patch.section_patch import patch_sections


@dataclass(frozen=True)
class Patch:
    """The new text of a definition, and what of the edit is not in it.

    `notes` are consequences of the patch, `differences` what the definition still builds otherwise
    than what Grafana holds.
    """

    path: Path
    old_text: str
    text: str
    notes: tuple[str, ...]
    differences: tuple[str, ...]

    @property
    def diff(self) -> str:
        """The change as a unified diff."""
        lines = difflib.unified_diff(
            self.old_text.splitlines(keepends=True),
            self.text.splitlines(keepends=True),
            f"a/{self.path}",
            f"b/{self.path}",
        )
        return "".join(lines)


def build_patch(path: Path, text: str, content: Mapping[str, Any]) -> Patch:
    """The patch that makes a definition build what Grafana holds, as far as that is possible.

    `content` is what Grafana holds, as `pull` brings it. Raises `DefinitionError` where the
    definition cannot be run or does not declare the dashboard.
    """
    editor = Editor(path, text, content)
    old_changes = editor.list_changes()
    patch_heading(editor)
    patch_panels(editor)
    patch_sections(editor)
    patch_rows(editor)
    patch_layout(editor)
    differences, notes = [], []
    for entry in editor.list_differences():
        if split_difference(entry) & old_changes:
            differences.append(entry)
        else:
            notes.append(f"follows from the patch: {entry}")
    if editor.has_new_ids():
        notes.append(
            "the ids of panels follow the titles of the panel and its row, as do links to them"
        )
    return Patch(path, text, editor.text, tuple(notes), tuple(differences))
