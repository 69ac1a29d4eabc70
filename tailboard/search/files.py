"""Matches in all definitions and rule files at some paths, with their lines."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from tailboard.definitions.exceptions import collect_errors, convert_shape_errors
from tailboard.lint.subjects import SubjectReader
from tailboard.panels.definition_error import DefinitionError, locate_errors
from tailboard.search.lines import LineIndex
from tailboard.search.match import Match, MatchKind
from tailboard.search.pattern import SearchPattern
from tailboard.search.subject_search import SubjectSearch


@dataclass
class FileMatches:
    """What was found; `errors` are the files that could not be read."""

    matches: list[Match] = field(default_factory=list)
    errors: list[DefinitionError] = field(default_factory=list)
    subject_count: int = 0
    other_paths: list[Path] = field(default_factory=list)


def search_files(
    paths: Iterable[Path], pattern: SearchPattern, kinds: Collection[MatchKind]
) -> FileMatches:
    """The matches at these paths, file by file."""
    file_matches = FileMatches()
    reader = SubjectReader(is_broken_file_subject=True, errors=file_matches.errors)
    search = SubjectSearch(pattern, kinds)
    indexes: dict[str, LineIndex] = {}
    for subject in reader.read_subjects(paths):
        file_matches.subject_count += 1
        source = subject.place.source
        with (
            collect_errors(file_matches.errors),
            locate_errors(source),
            convert_shape_errors(subject.json),
        ):
            for match in search.list_matches(subject):
                index = indexes.setdefault(source, LineIndex(Path(source)))
                line = index.find_line(match.text, match.name)
                file_matches.matches.append(replace(match, line=line))
    file_matches.other_paths = reader.other_paths
    return file_matches
