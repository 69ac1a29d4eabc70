"""Generated rule files: what promtool refuses is a finding, what it takes is no error."""

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tailboard.findings.finding import Finding
from tailboard.lint.engine import lint_subject
from tailboard.lint.rule_files.read import read_rule_file
from tailboard.lint.rules import LINT_RULES
from tailboard.panels.definition_error import DefinitionError
from tests.prometheus_programs import read_major_version
from tests.required_programs import require_programs

LOADING_RULES = {"parse-error", "refused-rule-file", "template-error", "utf8-name"}
RULES = [rule for rule in LINT_RULES if rule.name in LOADING_RULES]

FILE_COUNT = 500

DURATIONS = (
    "5m 30s 1h30m 1d12h 1y 0 0s 1m1ms 5 1.5m -5m 5minutes '5 minutes' 1m1h 300y '' null 5M ~ [5m]"
    " '0' 1y2w3d4h5m6s7ms 9999999999999999999s 292y !!str"
).split(" ")
NAMES = ["a", "b", "'a b'", "5", "on", "null", "''", "[a]", "{a: b}", "~", "1.5", "2024-01-01", "ü"]
RECORDS = ["a:b", "a_b", "a-b", "'a b'", "5", "'a{b}'", "'a{b=\"c\"}'", "ü", "a.b", ":a", "[a]"]
EXPRESSIONS = [
    *("up == 0", "rate(x_total[5m]) > 1", "'sum(up)'", "1", "5", "up # comment", "'# comment'"),
    *("sum(", "''", "null", "[up]", "{a: b}", "rate(x_total) > 1", "up ==", "'up{a=\"b\"} > 1'"),
    *("|\n        up\n        == 0", ">-\n        sum by (a)\n        (up)", "!!int ''", "!!int 5"),
    *(
        "!!bool foo",
        "!!float ''",
        "!!timestamp x",
        "!!str 5",
        "!!null x",
        "!!float 5",
        "!custom up",
    ),
    *("'{a=\"\"}'", "'{a!=\"\"}'", "up[5m]", "'\"text\"'", "time()", "foo(up)", "up offset 5m"),
]
LABELS = [
    *("{severity: page}", "{a: b, c: d}", "{a: 5}", "{a: null}", "{a: true}", "{5: a}", "{}"),
    *("{bad-label: x}", "{__name__: x}", "{'': x}", "{ü: x}", "{a: [b]}", "{a: {b: c}}", "[a]"),
    *("text", "null", "{a: b, a: c}", "{a: '{{ $labels.b }}'}", "{a: '{{ $labels.b '}", "{a.b: c}"),
    *(
        "{null: a}",
        "{a: !!int x}",
        "{a: !!binary aGk=}",
        "{a: 2024-01-01}",
        "{[a]: b}",
        "{a: '{{'}",
    ),
]
TEMPLATES = [
    *("s", "{{ $labels.instance }}", "{{$value}}", "{{ $value | humanize }}", "{{ .Labels.a }}"),
    *("{{ $labels.instance", "{{ $labels.instance | nofunc }}", "{{ $foo }}", "{{ end }}", "}}"),
    *("{{ if $value }}a{{ end }}", "{{ if $value }}a", "{{ else }}", "{{ if }}a{{ end }}", "{{}}"),
    *('{{ printf "%.2f" $value }}', '{{ "a" | "b" }}', "{{ 1 | 2 }}", "{{ nil }}", "{{ true }}"),
    *('{{ with query "up" }}{{ . | first | value }}{{ end }}', "{{ range $i, $e := . }}{{ end }}"),
    *("{{ range $a, $b, $c := . }}{{ end }}", "{{ $a, $b := . }}", "{{ $x := 1 }}{{ $x }}"),
    *("{{ if true }}{{ $x := 1 }}{{ end }}{{ $x }}", "{{ $labels.a-b }}", "{{ $labels.1 }}"),
    *(
        "{{- $value -}}",
        "{{-$value-}}",
        "{{- /* c */ -}}",
        "{{/* c */}}",
        "{{ /* c */ }}",
        "{{/* c",
    ),
    *("{{/* c */ a }}", "{{ 0x1F }}", "{{ 1a }}", "{{ .5 }}", "{{ 08 }}", "{{ 1e3 }}", "{{ 0b2 }}"),
    *("{{ ($value) }}", "{{ ($value }}", "{{ $value) }}", "{{ (.Labels).a }}", "{{ ().a }}"),
    *("{{ break }}", "{{ range . }}{{ break }}{{ end }}", "{{ range . }}{{ continue 1 }}{{ end }}"),
    *(
        '{{ define "a" }}b{{ end }}',
        '{{ template "a" }}',
        '{{ template "a" . }}',
        "{{ template a }}",
    ),
    *(
        '{{ block "a" . }}b{{ end }}',
        '{{ block "a" }}b{{ end }}',
        '{{ define "a" }}{{ $value }}{{ end }}',
    ),
    *("{{ if true }}{{ define `a` }}{{ end }}{{ end }}", "{{ 'a' }}", "{{ 'ab }}", '{{ "\\x" }}'),
    *(
        '{{ "\\u00e9" }}',
        '{{ "\\q" }}',
        "{{ `raw` }}",
        "{{ `raw }}",
        "{{ a.b }}",
        "{{ 1.b }}",
        "{{ .a.b }}",
    ),
    *("{{ if 1 }}a{{ else if 2 }}b{{ else }}c{{ end }}", "{{ if 1 }}{{ else }}{{ else }}{{ end }}"),
    *("{{ with 1 }}a{{ else }}b{{ end }}", "{{ | $value }}", "{{ $value | }}", "{{ $value || 1 }}"),
    *("{{ $value := 5 }}", "{{ $value = 5 }}", "{{ $new = 5 }}", "{{ , }}", "{{ ! }}", "{{ ü }}"),
    *(
        "{{ $labels . }}",
        "{{ $labels.a.b }}",
        '{{ index $labels "a.b" }}',
        "{{ and 1 2 }}",
        "{{ now }}",
    ),
    *(
        "{{ $value }",
        "{ { $value } }",
        "{{ '' }}",
        '{{ "a\nb" }}',
        "{{ `a\nb` }}",
        "{{\n$value\n}}",
    ),
    *(
        "{{ define }}{{ end }}",
        "{{ humanize }}",
        "{{ $ }}",
        "{{ $.Labels.a }}",
        "{{ . }}",
        "{{ .. }}",
    ),
    *('{{ query "up" | sortByLabel "a" }}', "{{ 1+2i }}", "{{ -5 }}", "{{ - 5 }}", "{{ eq 1 2 }}"),
]
FIELDS = ["frr: 5m", "summary: x", "source_tenants: [a]", "For: 5m", "rules: []", "'': x", "[a]: b"]


def choose(chance: random.Random, first_count: int, values: list[str]) -> str:
    """A value: mostly one of the first, which are right."""
    return chance.choice(values[:first_count] if chance.random() < 0.93 else values)


def quote(text: str) -> str:
    """A text in YAML's double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def write_rule(chance: random.Random) -> Iterator[str]:
    """The lines of one rule."""
    is_alert = chance.random() < 0.7
    if is_alert or chance.random() < 0.02:
        yield f"alert: {choose(chance, 2, NAMES)}"
    if not is_alert or chance.random() < 0.02:
        yield f"record: {choose(chance, 2, RECORDS)}"
    if chance.random() < 0.99:
        yield f"expr: {choose(chance, 5, EXPRESSIONS)}"
    if chance.random() < (0.5 if is_alert else 0.03):
        yield f"for: {choose(chance, 5, DURATIONS)}"
    if chance.random() < (0.2 if is_alert else 0.02):
        yield f"keep_firing_for: {choose(chance, 5, DURATIONS)}"
    if chance.random() < 0.5:
        yield f"labels: {choose(chance, 4, LABELS)}"
    if chance.random() < (0.7 if is_alert else 0.03):
        yield f"annotations: {{summary: {quote(choose(chance, 5, TEMPLATES))}}}"
    if chance.random() < 0.02:
        yield chance.choice(FIELDS)
    if chance.random() < 0.02:
        yield "expr: up"


def write_group(chance: random.Random, name: str) -> Iterator[str]:
    """The lines of one group."""
    lines = []
    if chance.random() < 0.98:
        lines.append(f"name: {name if chance.random() < 0.95 else chance.choice(NAMES)}")
    if chance.random() < 0.2:
        lines.append(f"interval: {choose(chance, 5, DURATIONS)}")
    if chance.random() < 0.1:
        limits = ["5", "0", "5.0", "-1", "0x10", "null", "'5'", "x", "true", "[5]", "1e3"]
        lines.append(f"limit: {choose(chance, 5, limits)}")
    if chance.random() < 0.02:
        lines.append(chance.choice(FIELDS))
    lines.append("rules:")
    for _ in range(chance.randint(0, 3)):
        rule = list(write_rule(chance))
        lines += [f"{'  - ' if index == 0 else '    '}{line}" for index, line in enumerate(rule)]
    yield from (f"{'- ' if index == 0 else '  '}{line}" for index, line in enumerate(lines))


def write_file(seed: int) -> str:
    """A rule file, in about half of the cases with something wrong."""
    chance = random.Random(seed)
    if chance.random() < 0.03:
        return chance.choice(WHOLE_FILES)
    names = chance.sample(["g", "h", "i"], 2) if chance.random() < 0.97 else ["g", "g"]
    groups = [line for name in names[: chance.randint(1, 2)] for line in write_group(chance, name)]
    return "\n".join(["groups:", *groups]) + "\n"


RULE = "{alert: a, expr: up == 0}"
WHOLE_FILES = [
    "groups: null\n",
    "groups: {}\n",
    "groups: text\n",
    "groups: [null]\n",
    "groups: [{name: g}]\n",
    "groups: [{name: g, rules: null}]\n",
    "groups: [{name: g, rules: [null]}]\n",
    "groups: []\nother: 1\n",
    "groups: []\ngroups: []\n",
    "groups: [\n",
    "groups:\n\t- name: g\n",
    f"groups: [{{name: g, rules: [{RULE}]}}, {{name: g, rules: [{RULE}]}}]\n",
    f"groups: [{{name: g, rules: [&a {RULE}, *a]}}]\n",
    f"groups: [{{name: g, rules: [&a {RULE}, {{<<: *a, for: 5m}}]}}]\n",
    f"groups: [{{name: g, rules: [&a {RULE}, {{<<: [*a, *a], alert: b}}]}}]\n",
    f"groups: [{{name: g, rules: [&a {RULE}, {{<<: x}}]}}]\n",
    f"groups: [{{name: g, rules: [{RULE}, *missing]}}]\n",
    f"groups: [{{name: g, rules: [{RULE}]}}]\n---\ngroups: [\n",
    f"\ufeffgroups: [{{name: g, rules: [{RULE}]}}]\n",
    f"%YAML 1.1\n---\ngroups: [{{name: g, rules: [{RULE}]}}]\n...\n",
    '{"groups": [{"name": "g", "rules": [{"alert": "a", "expr": "up == 0", "for": "5 m"}]}]}\n',
]


def list_findings(path: Path) -> list[Finding] | None:
    """What the rules about loading find; None for a file that cannot be read at all."""
    try:
        subjects = read_rule_file(path)
    except DefinitionError:
        return None
    return [finding for subject in subjects for finding in lint_subject(subject, RULES)]


def read_verdicts(promtool: str, paths: list[Path]) -> dict[Path, str]:
    """Why promtool refuses each file; empty where it takes it."""
    process = subprocess.run(
        [promtool, "check", "rules", "--lint=none", *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
    )
    reasons = [line.strip() for line in process.stderr.splitlines()]
    return {
        path: "\n".join(reason for reason in reasons if reason.startswith(f"{path}:"))
        for path in paths
    }


@pytest.fixture(scope="module")
def rule_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("rules")
    texts = [*(write_file(seed) for seed in range(FILE_COUNT)), *WHOLE_FILES]
    paths = [folder / f"file{number}.yaml" for number, _ in enumerate(texts)]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def test_the_verdicts_of_promtool_are_ours(rule_files: list[Path]) -> None:
    findings_by_path = {path: list_findings(path) for path in rule_files}
    missed, invented = [], []
    for promtool in require_programs("promtool", "prometheus"):
        is_strict = read_major_version(promtool) != "2"  # that takes `null` and lists for texts
        for path, reason in read_verdicts(promtool, rule_files).items():
            findings = findings_by_path[path]
            if reason and findings == []:
                missed.append((promtool, reason, path.read_text(encoding="utf-8")))
            errors = [finding for finding in findings or () if finding.severity == "error"]
            if is_strict and not reason and (findings is None or errors):
                invented.append((promtool, errors, path.read_text(encoding="utf-8")))
    assert not missed
    assert not invented
