"""A file with rules -> the subjects that lint rules look at."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tailboard.findings.finding import Place
from tailboard.lint.rule_files.grafana_rules import build_grafana_subject
from tailboard.lint.rule_files.groups import GroupDecoder
from tailboard.lint.rule_files.manifests import (
    GRAFANA,
    OPERATOR,
    PROMETHEUS,
    Manifest,
    OtherFileError,
    list_manifests,
)
from tailboard.lint.rule_files.yaml_documents import Node, read_yaml
from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.queries.subject import LoadProblem, Subject, build_rules_subject

TIP = "name a rule file of Prometheus, or a definition."
OPERATOR_FIELDS = frozenset({"partial_response_strategy"})
"""Fields that PrometheusRule has for Thanos; the operator takes them away for Prometheus."""

REFUSED_RULE_FILE, IGNORED_DOCUMENT = "refused-rule-file", "ignored-document"
"""The lint rules that report what reading a file finds."""

RULES_MARKER = declare_pattern(
    rb"""^[\s-]*["']?(groups["']?\s*:|kind["']?\s*:\s*["']?PrometheusRule)""", re.MULTILINE
)
"""What only a file with rules has: without it, a file that is not YAML is not meant as one."""

TEMPLATE_MARKER = declare_pattern(
    rb"\{%|\{\{-?\s*(\.Values|\.Release|\.Chart|include|if|range|with|end)\b"
)
"""What Helm's and Jinja's templates have, and a rule file outside of quotes has not."""


class BrokenRuleFileError(DefinitionError):
    """A rule file that is not YAML: Prometheus refuses it, and none of its rules can be read."""


def read_rule_file(path: Path) -> list[Subject]:
    """The rule sets of a file.

    Raises `OtherFileError` for a file that is something else, `DefinitionError` for one that cannot
    be read.
    """
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise DefinitionError(f"it cannot be read: {reason.lower()}", tip=TIP) from error
    return parse_rule_file(content, path.name, str(path))


def parse_rule_file(content: bytes, name: str, source: str) -> list[Subject]:
    """The rule sets of a file with this content and name; raises what `read_rule_file` does."""
    try:
        roots, late_error = read_yaml(content)
    except DefinitionError as error:
        raise _classify_error(error, content) from error
    if not roots:
        raise OtherFileError("it has no rule groups", tip=TIP)
    manifests = _list_manifests(roots, name)
    if late_error and manifests[0].loader != PROMETHEUS:
        raise BrokenRuleFileError(late_error.problem, tip=late_error.tip)
    subjects = [_build_subject(manifest, source) for manifest in manifests]
    if manifests[0].loader == PROMETHEUS and (late_error or len(roots) > 1):
        subjects[0] = replace(
            subjects[0],
            load_problems=(*subjects[0].load_problems, _build_ignored(subjects[0].place)),
        )
    return subjects


def build_broken_subject(error: BrokenRuleFileError, path: Path) -> Subject:
    """A rule file without rules, and why there are none."""
    place = Place(str(path), path.name)
    problem = LoadProblem(REFUSED_RULE_FILE, error.problem, error.tip, place)
    return Subject(place, {"groups": []}, load_problems=(problem,))


def _classify_error(error: DefinitionError, content: bytes) -> DefinitionError:
    """What a file is that is not YAML: a template, a broken rule file, or something else."""
    if TEMPLATE_MARKER.search(content):
        return OtherFileError(
            "it is a template of YAML, and not YAML yet",
            tip="render it first, with `helm template` for example, and lint the result.",
        )
    if RULES_MARKER.search(content):
        return BrokenRuleFileError(error.problem, tip=error.tip)
    return OtherFileError(error.problem, tip=error.tip)


def _list_manifests(roots: Sequence[Node], name: str) -> list[Manifest]:
    """What holds rules in these documents; some of them may be something else."""
    manifests: list[Manifest] = []
    others: list[OtherFileError] = []
    for root in roots:
        try:
            manifests += list_manifests(root, name)
        except OtherFileError as error:
            others.append(error)
    if not manifests:
        raise others[0]
    return manifests


def _build_subject(manifest: Manifest, source: str) -> Subject:
    if manifest.loader == GRAFANA:
        return build_grafana_subject(manifest.node, manifest.name, source)
    decoder = GroupDecoder(OPERATOR_FIELDS if manifest.loader == OPERATOR else frozenset())
    groups = decoder.decode_file(manifest.node)
    subject = build_rules_subject(groups, manifest.name, source)
    problems = tuple(
        LoadProblem(REFUSED_RULE_FILE, problem, tip, replace(subject.place, panel=rule_name))
        for problem, tip, rule_name in decoder.problems
    )
    return replace(subject, load_problems=problems)


def _build_ignored(place: Place) -> LoadProblem:
    return LoadProblem(
        IGNORED_DOCUMENT,
        "Prometheus reads the first YAML document of a file, and no other",
        "write each document into a file of its own, or all groups into the first.",
        place,
    )
