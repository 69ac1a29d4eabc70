"""`tailboard lint --fix`: the JSON of dashboards mended in their files, where a rule knows how."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any

from tailboard.dashboards.envelope import unwrap_dashboard, wrap_dashboard
from tailboard.dashboards.schema_v2.flatten import build_view
from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.dashboards.schema_v2.view_changes import apply_view_changes
from tailboard.definitions import load
from tailboard.definitions.exceptions import convert_shape_errors
from tailboard.definitions.text_change import SURROGATES, TextChange
from tailboard.findings.exclusion import Exclusion
from tailboard.findings.finding import Finding, Place
from tailboard.lint.engine import LintRule, lint_subject
from tailboard.lint.rules import LINT_RULES
from tailboard.panels.definition_error import locate_errors
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.queries.subject import Panel, Subject, build_document_subject, convert_panels

INDENTATION = declare_pattern(r"\s*\{[ \t]*\r?\n([ \t]+)")
COLON_AND_SPACE = declare_pattern(r'":\s')
MAX_NUMBER_LENGTH = 40
JsonDict = dict[str, Any]


@dataclass(frozen=True)
class FileFix(TextChange):
    """A file's text before and after, and what is no longer found in it."""

    fixed_findings: tuple[Finding, ...]
    is_reformatted: bool
    """Whether its lines were not laid out as JSON is written here, so that all of it changes."""
    refusal: str = ""
    """What the file says that would be written back as something else: then nothing is fixed."""


def find_fixes(paths: Iterable[Path], exclusions: Sequence[Exclusion]) -> Iterator[FileFix]:
    """The files at these paths in which something can be mended; nothing is written yet."""
    for path in load.find_definitions(paths):
        if path.suffix == ".json" and path.is_file():
            fix = _fix_file(path, exclusions)
            if fix.fixed_findings or fix.refusal:
                yield fix


def fix_document(
    document: JsonDict, source: str, exclusions: Sequence[Exclusion]
) -> tuple[JsonDict, list[Finding]]:
    """A dashboard's JSON, mended, and what is no longer found in it.

    A panel or a query of which a finding is excluded stays unchanged; where one is about the whole
    dashboard, its rule mends nothing on it. One of schema v2 is mended as the dashboard of schema
    v1 that the rules see.
    """
    if is_v2_document(document):
        return _fix_v2_document(document, source, exclusions)
    fixed_findings: list[Finding] = []
    for rule in LINT_RULES:
        findings_before = _lint_document(document, rule, source) if rule.fix else []
        excluded_places = {
            finding.place
            for finding in findings_before
            if any(exclusion.is_applicable(finding) for exclusion in exclusions)
        }
        if rule.fix and findings_before and all(place.panel for place in excluded_places):
            candidate = rule.fix(document)
            candidate = (
                _restore_places(
                    candidate, build_document_subject(document, source), excluded_places
                )
                if excluded_places
                else candidate
            )
            findings_after = Counter(_lint_document(candidate, rule, source))
            fixed_findings += (Counter(findings_before) - findings_after).elements()
            document = candidate if Counter(findings_before) != findings_after else document
    return document, fixed_findings


def _fix_v2_document(
    document: JsonDict, source: str, exclusions: Sequence[Exclusion]
) -> tuple[JsonDict, list[Finding]]:
    view = build_view(document)
    fixed_view, fixed_findings = fix_document(view, source, exclusions)
    fixed_document = apply_view_changes(document, view, fixed_view)
    rules = [rule for rule in LINT_RULES if rule.fix]
    subject = build_document_subject(fixed_document, source)
    remaining_findings = set(lint_subject(subject, rules))
    return fixed_document, [
        finding for finding in fixed_findings if finding not in remaining_findings
    ]


def _restore_places(
    document: JsonDict, original: Subject, excluded_places: Collection[Place]
) -> JsonDict:
    """What was mended, with the panels and queries at these places as they were."""
    panels = iter(original.panels)
    return convert_panels(
        document, lambda panel: _restore_panel(panel, next(panels), excluded_places)
    )


def _restore_panel(
    panel: JsonDict, original: Panel, excluded_places: Collection[Place]
) -> JsonDict:
    if original.place in excluded_places:
        return dict(original.json)
    targets = [query.target for query in original.queries if query.place in excluded_places]
    if not targets:
        return panel
    pairs = zip(panel["targets"], original.json["targets"], strict=True)
    return {
        **panel,
        "targets": [old if any(old is target for target in targets) else new for new, old in pairs],
    }


def _fix_file(path: Path, exclusions: Sequence[Exclusion]) -> FileFix:
    declaration = next(load.load_definition(path, []))
    raw = path.read_bytes()
    encoding = json.detect_encoding(raw)
    old_text = raw.decode(encoding, SURROGATES)
    if not isinstance(declaration, dict):
        return FileFix(path, encoding, old_text, old_text, (), is_reformatted=False)
    with locate_errors(str(path)), convert_shape_errors(declaration):
        document = dict(unwrap_dashboard(declaration))
        if not isinstance(document.get("title"), str):
            return FileFix(path, encoding, old_text, old_text, (), is_reformatted=False)
        fixed_document, fixed_findings = fix_document(document, str(path), exclusions)
        if fixed_findings and (refusal := _find_inexact_value(old_text)):
            return FileFix(
                path, encoding, old_text, old_text, (), is_reformatted=False, refusal=refusal
            )
        new_text = (
            _render_json(wrap_dashboard(fixed_document, declaration), old_text)
            if fixed_findings
            else old_text
        )
        is_reformatted = bool(fixed_findings) and _render_json(declaration, old_text) != old_text
        return FileFix(path, encoding, old_text, new_text, tuple(fixed_findings), is_reformatted)


def _find_inexact_value(text: str) -> str:
    """The first value of a JSON text that reading and writing it changes; empty without one."""
    inexact_values: list[str] = []

    def check_keys(pairs: list[tuple[str, Any]]) -> JsonDict:
        counts = Counter(key for key, _ in pairs)
        inexact_values.extend(
            f"the key {key!r} is there {count} times" for key, count in counts.items() if count > 1
        )
        return dict(pairs)

    def check_number(number_text: str) -> float:
        number = float(number_text)
        if not isfinite(number) or Decimal(number_text) != Decimal(repr(number)):
            inexact_values.append(f"the number {number_text[:MAX_NUMBER_LENGTH]} would be {number}")
        return number

    json.loads(text, object_pairs_hook=check_keys, parse_float=check_number)
    return inexact_values[0] if inexact_values else ""


def _lint_document(document: JsonDict, rule: LintRule, source: str) -> list[Finding]:
    return list(lint_subject(build_document_subject(document, source), [rule]))


def _render_json(document: JsonDict, old_text: str) -> str:
    """The document laid out as the text was: its indentation, its escapes, its last line's end."""
    indent = INDENTATION.match(old_text)
    colon = ": " if COLON_AND_SPACE.search(old_text) else ":"
    text = json.dumps(
        document,
        ensure_ascii=old_text.isascii(),
        indent=indent[1] if indent else None,
        separators=(",", colon) if indent or colon == ":" else (", ", colon),
    )
    text += old_text[len(old_text.rstrip()) :].replace("\r\n", "\n")
    return text.replace("\n", "\r\n") if "\r\n" in old_text else text
