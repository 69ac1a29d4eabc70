"""The patch of a definition: each edit is tried on its text, run, and kept where it helps."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tailboard.alerts.rule_set import RuleSet
from tailboard.convert.patch.editor import (
    SUBJECT_END,
    Editor,
    accept,
    list_changed_neighbors,
    split_difference,
)
from tailboard.convert.patch.heading_patch import patch_heading
from tailboard.convert.patch.hints import list_hints
from tailboard.convert.patch.imports import drop_imports
from tailboard.convert.patch.layout_patch import list_changed_layouts, patch_layout
from tailboard.convert.patch.line_ends import render_diff, restore_line_ends, unify_line_ends
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
        """The change as a unified diff; empty where there is none."""
        return render_diff(self.path.as_posix(), self.old_text, self.text)


def build_patch(path: Path, text: str, content: Mapping[str, Any]) -> Patch:
    """The patch that makes a definition build what Grafana holds, as far as that is possible.

    `content` is what Grafana holds, as `pull` brings it. Raises `DefinitionError` where the
    definition cannot be run or does not declare the dashboard.
    """
    editor = Editor(path, unify_line_ends(text), content)
    old_changes, old_state = editor.list_changes(), editor.read_state()
    patch_heading(editor)
    patch_panels(editor)
    patch_sections(editor)
    patch_rows(editor)
    patch_layout(editor)
    editor.try_text(drop_imports(old_state.text, editor.text), accept)
    differences, notes = _split_differences(editor, old_changes)
    notes += [
        _describe_neighbor(entry) for entry in list_changed_neighbors(old_state.trace, editor.trace)
    ]
    if editor.has_new_ids():
        notes.append(
            "the ids of panels follow the titles of the panel and its row, as do links to them"
        )
    new_text = restore_line_ends(text, editor.text)
    changed_rows = (
        list_changed_layouts(editor)
        if any(difference.startswith(LAYOUT_WORD) for difference in differences)
        else []
    )
    editor.restore_state(old_state)
    notes += list_hints(editor, differences, changed_rows)
    return Patch(path, text, new_text, tuple(notes), tuple(differences))


LAYOUT_WORD = "layout"


def _split_differences(
    editor: Editor, old_changes: set[tuple[str, str]]
) -> tuple[list[str], list[str]]:
    """What of the edit is not in the text, and what follows from the patch besides."""
    differences: list[str] = []
    notes: list[str] = []
    consequences: set[tuple[str, str]] = set()
    for entry in editor.list_differences():
        changes = split_difference(entry)
        if changes & old_changes:
            differences.append(entry)
        elif SUBJECT_END in entry:
            consequences |= changes
        else:
            notes.append(f"follows from the patch: {entry}")
    for entry in editor.list_plan_changes() if consequences else ():
        if split_difference(entry) <= consequences:
            notes.append(f"follows from the patch: {entry}")
    return differences, notes


def _describe_neighbor(entry: Any) -> str:
    if isinstance(entry, RuleSet):
        return f"follows from the patch: the rules of {entry.service.name!r} change"
    title, uid = getattr(entry, "title", ""), getattr(entry, "uid", "")
    return f"follows from the patch: the dashboard {title!r} ({uid}) changes"
