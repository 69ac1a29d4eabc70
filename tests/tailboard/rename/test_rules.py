"""Rule files with other names: of Prometheus, its operator, Kubernetes and Grafana."""

import pytest

from tailboard.rename.renames import Renames, parse_renames
from tailboard.rename.rules import RuleFileRename

RENAMES = parse_renames(["took_ms=took_seconds"], ["path=route"], "ms=s", is_both=False)

RULES = """\
# of the shop
groups:
  - name: shop
    rules:
      - record: took_ms:mean  # stays
        expr: rate(took_ms_sum[5m]) / rate(took_ms_count[5m])
      - alert: Slow
        expr: |
          sum by (path) (took_ms)
            > 500   # half a second
        labels: {severity: page}
        annotations:
          summary: "{{ $labels.path }} is slow, see {{ index $labels \\"path\\" }}"
"""


def rename(text: str, renames: Renames = RENAMES) -> tuple[str, list[str]]:
    rule_file = RuleFileRename(renames, "r.yaml", "r.yaml")
    return rule_file.rename(text), [
        f"{note.place.panel}: {note.problem}" for note in rule_file.notes
    ]


def replace_all(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


SHOP = (
    ("rate(took_ms_sum[5m])", "(rate(took_seconds_sum[5m]) * 1000)"),
    ("took_ms_count", "took_seconds_count"),
    ("by (path) (took_ms)", "by (route) (took_seconds)"),
    ("> 500", "> 0.5"),
    ("$labels.path", "$labels.route"),
    ('\\"path\\"', '\\"route\\"'),
)


def test_expressions_and_templates_change_and_comments_and_layout_stay() -> None:
    assert rename(RULES) == (replace_all(RULES, *SHOP), [])


def test_a_value_that_a_text_shows_keeps_its_unit() -> None:
    text = RULES.replace("is slow", "takes {{ $value }} ms")
    new_text, _ = rename(text)
    assert "sum by (route) (took_seconds * 1000)\n            > 500" in new_text


def test_a_recorded_name_is_renamed_where_it_is_recorded() -> None:
    text = "groups: [{name: a, rules: [{record: took_ms, expr: other}]}]\n"
    assert rename(text)[0] == text.replace("took_ms", "took_seconds")


@pytest.mark.parametrize("kind", ["PrometheusRule", "ConfigMap", "List"])
def test_rules_are_renamed_in_the_manifests_of_kubernetes(kind: str) -> None:
    def indent(text: str, prefix: str) -> str:
        return "".join(f"{prefix}{line}" for line in text.splitlines(keepends=True))

    metadata = "metadata: {name: shop}\n"
    rule = f"kind: PrometheusRule\n{metadata}spec:\n{indent(RULES, '  ')}"
    manifests = {
        "PrometheusRule": f"apiVersion: v1\n{rule}",
        "ConfigMap": f"kind: ConfigMap\n{metadata}data:\n  r.yaml: |\n{indent(RULES, '    ')}",
        "List": f"kind: List\nitems:\n  -\n{indent(rule, '    ')}",
    }
    text = manifests[kind]
    assert rename(text) == (replace_all(text, *SHOP), [])


def test_a_rule_of_grafana_keeps_its_threshold() -> None:
    text = (
        "apiVersion: 1\ngroups:\n  - rules:\n      - title: Slow\n        data:\n"
        "          - refId: A\n            model: {expr: avg(took_ms)}\n"
        "          - refId: B\n            datasourceUid: __expr__\n"
        "            model: {expression: took_ms}\n"
    )
    assert rename(text)[0] == text.replace("avg(took_ms)", "avg(took_seconds * 1000)")


def test_a_text_that_names_the_old_metric_is_listed() -> None:
    text = RULES.replace("is slow", "(took_ms) is slow")
    _, notes = rename(text)
    assert len(notes) == 1
    assert notes[0].startswith("Slow: a text names took_ms: {{ $labels.route }} (took_ms) is slow")


def test_an_expression_that_a_person_has_to_change_is_listed() -> None:
    text = "groups: [{name: a, rules: [{alert: A, expr: '{__name__=~\"took_ms.*\"} > 1'}]}]\n"
    new_text, notes = rename(text)
    assert new_text == text
    assert notes[0].startswith("A: its expression has to be changed by hand")


@pytest.mark.parametrize(
    "value", ["&a took_ms", "!!str took_ms", "&a |\n      took_ms", "!!str 'took_ms'"]
)
def test_a_value_with_an_anchor_or_a_tag_keeps_it(value: str) -> None:
    text = f"groups:\n- rules:\n  - record: a\n    expr: {value}\n    labels: {{x: y}}\n"
    new_text, notes = rename(text, parse_renames(["took_ms=took"], [], None, is_both=False))
    assert (new_text, notes) == (text.replace("took_ms", "took"), [])


def test_an_alias_changes_with_its_anchor_once() -> None:
    text = (
        "# 😀\r\ngroups:\r\n- rules:\r\n  - {record: a, expr: &e 'rate(took_ms_count[5m])'}\r\n"
        "  - {record: b, expr: *e}\r\n"
    )
    assert rename(text) == (text.replace("took_ms", "took_seconds"), [])
