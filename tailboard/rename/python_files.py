"""Where Python files use old names: a person has to change them there."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tailboard.findings.finding import Place
from tailboard.rename.errors import RenameError
from tailboard.rename.expression import find_word, rewrite_expression
from tailboard.rename.label_texts import rename_legend
from tailboard.rename.note import Note
from tailboard.rename.renames import Renames

MAX_TEXT_LENGTH = 160


def list_python_files(paths: Iterable[Path]) -> list[Path]:
    """The Python files at these paths, with those that only their neighbours import."""
    files: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            files |= dict.fromkeys(
                file
                for file in sorted(path.rglob("*.py"))
                if not any(part.startswith(".") for part in file.relative_to(path).parts)
            )
        elif path.suffix == ".py":
            files |= dict.fromkeys([path, *sorted(path.parent.glob("_*.py"))])
    return [file for file in files if file.is_file()]


def list_python_notes(path: Path, renames: Renames) -> list[Note]:
    """The texts of a Python file that have old names, with what to write instead."""
    try:
        module = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return []  # the build of the definition reports it
    place = Place(str(path))
    documentation = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    notes = [
        Note(place, problem, node.lineno)
        for node, text, sources in _list_texts(module)
        if id(node) not in documentation
        for problem in _find_problem(text, sources, renames)
    ]
    return sorted(set(notes), key=lambda note: note.line)


def find_convention_line(path: Path) -> int:
    """The line in which a file says the first convention of a service; 0 where it says none."""
    try:
        module = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return 0
    lines = [
        node.value.lineno
        for node in ast.walk(module)
        if isinstance(node, ast.keyword) and node.arg == "convention"
    ]
    return min(lines, default=0)


def _list_texts(module: ast.Module) -> Iterator[tuple[ast.expr, str, Mapping[str, str]]]:
    """The texts of a module; f-strings with names in the place of what they format.

    With them comes the source of what each name stands for.
    """
    parts = {
        id(part)
        for node in ast.walk(module)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
        if part is not node
    }
    for node in ast.walk(module):
        if isinstance(node, ast.JoinedStr) and id(node) not in parts:
            yield node, *_read_template(node)
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts
        ):
            yield node, node.value, {}


def _read_template(node: ast.JoinedStr) -> tuple[str, dict[str, str]]:
    """The text of an f-string, and the source of what it formats by the names in the text."""
    text = ""
    sources: dict[str, str] = {}
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            name = f"__{len(sources)}__"
            sources[name] = f"{{{ast.unparse(part.value)}}}"
            text += name
    return text, sources


def _find_problem(text: str, sources: Mapping[str, str], renames: Renames) -> Iterator[str]:
    if (new_name := renames.find_new_name(text)) is not None:
        if new_name != text:
            yield f"{text!r} is {new_name!r} now"
        return
    if text in renames.labels:
        yield f"{text!r} is {renames.labels[text]!r} now, where the label is meant"
        return
    try:
        new_text = rewrite_expression(text, renames).text
    except RenameError as error:
        new_text = text
        if any(find_word(name, text) for name in renames.metrics):
            yield f"{_shorten(text, sources)} has to be changed: {error}"
            return
    new_text = rename_legend(new_text, renames.labels)
    if new_text != text:
        yield f"write {_shorten(new_text, sources)} for {_shorten(text, sources)}"
    elif name := _find_old_metric(text, renames):
        yield f"{_shorten(text, sources)} names {name}"


def _find_old_metric(text: str, renames: Renames) -> str:
    return next(
        (old for old, new in renames.metrics.items() if old != new and find_word(old, text)), ""
    )


def _shorten(text: str, sources: Mapping[str, str]) -> str:
    for name, source in sources.items():
        text = text.replace(name, source)
    line = " ".join(text.split())
    return line if len(line) <= MAX_TEXT_LENGTH else f"{line[: MAX_TEXT_LENGTH - 3]}..."
