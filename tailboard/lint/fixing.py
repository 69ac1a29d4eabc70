"""`tailboard lint --fix`: the JSON of dashboards mended in their files, where a rule knows how."""

import difflib
import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tailboard.dashboards.passes.envelope import opened, put_back
from tailboard.definitions import definition
from tailboard.definitions.mistakes import shaped
from tailboard.findings.exclusion import Exclusion
from tailboard.findings.finding import Finding, Place
from tailboard.lint.linting import LintRule, findings
from tailboard.lint.rules import LINT_RULES
from tailboard.panels.definition_error import inside
from tailboard.publish.errors import OutputError
from tailboard.publish.output import WAITING
from tailboard.queries.subject import Panel, Subject, of_document, with_panels

INDENTED = re.compile(r"\s*\{[ \t]*\r?\n([ \t]+)")
SPACED = re.compile(r'":\s')
SURROGATES = "surrogatepass"
"""How Python's own JSON reads what is no valid Unicode."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Mended:
    """A file's text before and after, and what is no longer found in it."""

    path: Path
    encoding: str
    before: str
    after: str
    gone: tuple[Finding, ...]
    anew: bool
    """Whether its lines were not laid out as JSON is written here, so that all of it changes."""

    def write(self) -> None:
        """Put the new text in the file's place, all at once; its mode stays."""
        path = self.path.resolve()
        try:
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=WAITING)
            waiting = Path(name)
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(self.after.encode(self.encoding, SURROGATES))
                waiting.chmod(path.stat().st_mode)
                waiting.replace(path)
            finally:
                waiting.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(
                f"cannot write {self.path}: {error.strerror}",
                tip="look at its permissions and the free space.",
            ) from error

    def diff(self) -> str:
        """What changes, as `diff -u` writes it."""
        old, new = (it.splitlines(keepends=True) for it in (self.before, self.after))
        name = self.path.as_posix()
        made = difflib.unified_diff(old, new, fromfile=name, tofile=name)
        return "".join(it if it.endswith("\n") else f"{it}\n" for it in made)


def mended_at(paths: Iterable[Path], exclusions: Sequence[Exclusion]) -> Iterator[Mended]:
    """The files at these paths in which something can be mended; nothing is written yet."""
    for path in definition.find(paths):
        if path.suffix == ".json" and path.is_file():
            found = _mended(path, exclusions)
            if found.gone:
                yield found


def mend(
    document: Json, source: str, exclusions: Sequence[Exclusion]
) -> tuple[Json, list[Finding]]:
    """A dashboard's JSON, mended, and what is no longer found in it.

    A panel or a query of which a finding is excluded stays as it is; where one is about the whole
    dashboard, its rule mends nothing on it.
    """
    gone: list[Finding] = []
    for rule in LINT_RULES:
        before = _found(document, rule, source) if rule.fix else []
        held = {one.place for one in before if any(it.covers(one) for it in exclusions)}
        if rule.fix and before and all(it.panel for it in held):
            made = rule.fix(document)
            made = _with_held(made, of_document(document, source), held) if held else made
            after = Counter(_found(made, rule, source))
            gone += (Counter(before) - after).elements()
            document = made if Counter(before) != after else document
    return document, gone


def _with_held(made: Json, before: Subject, held: Collection[Place]) -> Json:
    """What was mended, with the panels and queries at these places as they were."""
    panels = iter(before.panels)
    return with_panels(made, lambda it: _panel_with_held(it, next(panels), held))


def _panel_with_held(made: Json, before: Panel, held: Collection[Place]) -> Json:
    if before.place in held:
        return dict(before.plain)
    targets = [it.target for it in before.queries if it.place in held]
    if not targets:
        return made
    pairs = zip(made["targets"], before.plain["targets"], strict=True)
    return {
        **made,
        "targets": [old if any(old is it for it in targets) else new for new, old in pairs],
    }


def _mended(path: Path, exclusions: Sequence[Exclusion]) -> Mended:
    found = next(definition.declared(path, []))
    raw = path.read_bytes()
    encoding = json.detect_encoding(raw)
    before = raw.decode(encoding, SURROGATES)
    if not isinstance(found, dict):
        return Mended(path, encoding, before, before, (), anew=False)
    with inside(str(path)), shaped(found):
        document = dict(opened(found))
        if not isinstance(document.get("title"), str):
            return Mended(path, encoding, before, before, (), anew=False)
        made, gone = mend(document, str(path), exclusions)
        after = _written(put_back(made, found), before) if gone else before
        anew = bool(gone) and _written(found, before) != before
        return Mended(path, encoding, before, after, tuple(gone), anew)


def _found(document: Json, rule: LintRule, source: str) -> list[Finding]:
    return list(findings(of_document(document, source), [rule]))


def _written(document: Json, before: str) -> str:
    """The document laid out as the text was: its indentation, its escapes, its last line's end."""
    indent = INDENTED.match(before)
    colon = ": " if SPACED.search(before) else ":"
    made = json.dumps(
        document,
        ensure_ascii=before.isascii(),
        indent=indent[1] if indent else None,
        separators=(",", colon) if indent or colon == ":" else (", ", colon),
    )
    made += before[len(before.rstrip()) :].replace("\r\n", "\n")
    return made.replace("\n", "\r\n") if "\r\n" in before else made
