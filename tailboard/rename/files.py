"""A rename in all definitions and rule files at some paths; nothing is written here."""

import codecs
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tailboard.dashboards.envelope import unwrap_dashboard, wrap_dashboard
from tailboard.definitions import load
from tailboard.definitions.exceptions import collect_errors, convert_shape_errors
from tailboard.definitions.text_change import SURROGATES, TextChange
from tailboard.findings.finding import Place
from tailboard.lint.rule_files import RULE_FILE_SUFFIXES
from tailboard.lint.subjects import LINT_SUFFIXES, SubjectReader
from tailboard.panels.definition_error import DefinitionError, locate_errors
from tailboard.publish.errors import BrokenDefinitionsError
from tailboard.publish.plural import format_count
from tailboard.queries.subject import Query, Subject, list_queries
from tailboard.rename.document import DocumentRename
from tailboard.rename.errors import RenameError
from tailboard.rename.expression import find_word, has_old_name, rewrite_expression
from tailboard.rename.json_text import rewrite_json
from tailboard.rename.note import Note
from tailboard.rename.python_files import (
    find_convention_line,
    list_python_files,
    list_python_notes,
)
from tailboard.rename.renames import Renames
from tailboard.rename.rules import RuleFileRename


@dataclass
class RenamedFiles:
    """The files that change, and what is left to a person; `file_count` is how many were read."""

    changes: list[TextChange] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    file_count: int = 0


def rename_in_files(paths: Iterable[Path], renames: Renames) -> RenamedFiles:
    """What a rename changes at these paths.

    Raises `BrokenDefinitionsError` with every file that cannot be read.
    """
    paths = list(paths)
    renamed_files = RenamedFiles()
    errors: list[DefinitionError] = []
    python_paths = []
    for path in load.find_definitions(paths, LINT_SUFFIXES):
        renamed_files.file_count += 1
        with collect_errors(errors), locate_errors(str(path)):
            if path.suffix == ".json" and path.is_file():
                _rename_json_file(path, renames, renamed_files)
            elif path.suffix in RULE_FILE_SUFFIXES:
                _rename_rule_file(path, renames, renamed_files)
            else:
                python_paths.append(path)
    for path in list_python_files(paths):
        renamed_files.notes += list_python_notes(path, renames)
    if python_paths:
        _note_built_queries(python_paths, renames, renamed_files, errors)
    if errors:
        raise BrokenDefinitionsError(errors, "nothing was renamed")
    return renamed_files


def _rename_json_file(path: Path, renames: Renames, renamed_files: RenamedFiles) -> None:
    declaration = next(load.load_definition(path, []))
    raw = path.read_bytes()
    encoding = json.detect_encoding(raw)
    old_text = raw.decode(encoding, SURROGATES)
    if isinstance(declaration, dict) and isinstance(declaration.get("groups"), list):
        _rename_rules(path, encoding, old_text, renames, renamed_files)
        return
    if not isinstance(declaration, dict):
        return
    with convert_shape_errors(declaration):
        dashboard = dict(unwrap_dashboard(declaration))
        if not isinstance(dashboard.get("title"), str):
            _note_lines(path, old_text, renames, renamed_files)
            return
        document_rename = DocumentRename(renames, str(path))
        new_dashboard = document_rename.rename(dashboard)
        renamed_files.notes += document_rename.notes
        if new_dashboard == dashboard:
            return
        new_text = rewrite_json(old_text, declaration, wrap_dashboard(new_dashboard, declaration))
    if new_text is None:
        place = Place(str(path))
        renamed_files.notes.append(
            Note(place, "its JSON cannot be written back surely: change it by hand")
        )
        return
    renamed_files.changes.append(TextChange(path, encoding, old_text, new_text))


def _rename_rule_file(path: Path, renames: Renames, renamed_files: RenamedFiles) -> None:
    try:
        raw = path.read_bytes()
        encoding = "utf-8-sig" if raw.startswith(codecs.BOM_UTF8) else "utf-8"
        text = raw.decode(encoding)
    except OSError as error:
        raise DefinitionError(
            f"it cannot be read: {error.strerror}", tip="look at its permissions."
        ) from error
    except UnicodeDecodeError as error:
        raise DefinitionError("it is no UTF-8", tip="save it as UTF-8.") from error
    _rename_rules(path, encoding, text, renames, renamed_files)


def _rename_rules(
    path: Path, encoding: str, old_text: str, renames: Renames, renamed_files: RenamedFiles
) -> None:
    rule_file = RuleFileRename(renames, str(path), path.name)
    try:
        new_text = rule_file.rename(old_text)
    except DefinitionError:
        _note_lines(path, old_text, renames, renamed_files)
        return
    renamed_files.notes += rule_file.notes
    if new_text != old_text:
        renamed_files.changes.append(TextChange(path, encoding, old_text, new_text))
        if not rule_file.notes and not renames.is_both:
            _note_lines(path, new_text, renames, renamed_files, "the line still names")
    elif not rule_file.notes:
        _note_lines(path, old_text, renames, renamed_files)


def _note_lines(
    path: Path,
    text: str,
    renames: Renames,
    renamed_files: RenamedFiles,
    problem: str = "it is no file that is renamed, and names",
) -> None:
    """Note the lines that name a metric: of a template, a unit test, or a comment of rules."""
    for number, line in enumerate(text.split("\n"), 1):
        for old, new in renames.metrics.items():
            if old != new and (match := find_word(old, line)):
                renamed_files.notes.append(Note(Place(str(path)), f"{problem} {match[0]}", number))
                break


def _note_built_queries(
    paths: list[Path],
    renames: Renames,
    renamed_files: RenamedFiles,
    errors: list[DefinitionError],
) -> None:
    """Note what Python definitions build with an old name that stands in none of their lines."""
    reader = SubjectReader()
    queries_by_source: dict[str, list[Query]] = {}
    for subject in reader.read_subjects(paths):
        concerned_queries = _list_concerned_queries(subject, renames)
        if concerned_queries:
            queries_by_source.setdefault(subject.place.source, []).extend(concerned_queries)
    errors += reader.errors
    noted_sources = {note.place.source for note in renamed_files.notes}
    file_names = {str(path) for path in paths}
    has_files = not file_names.isdisjoint(queries_by_source)
    for source, queries in queries_by_source.items():
        if source in noted_sources or (has_files and source not in file_names):
            continue
        count = format_count(len(queries), "query", "queries")
        problem = (
            f"{count} of what it declares {'uses' if len(queries) == 1 else 'use'} an old name, "
            "which comes from a convention or another module: name the new one there"
        )
        line = find_convention_line(Path(source))
        renamed_files.notes.append(Note(queries[0].place, problem, line))


def _list_concerned_queries(subject: Subject, renames: Renames) -> list[Query]:
    concerned_queries = []
    for query in list_queries(subject):
        if not has_old_name(query.text, renames):
            continue
        try:
            is_concerned = rewrite_expression(query.text, renames).text != query.text
        except RenameError:
            is_concerned = True
        if is_concerned:
            concerned_queries.append(query)
    return concerned_queries
