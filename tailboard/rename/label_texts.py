"""Labels in texts that are no expressions: legends, links, templates of alerts, field names."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from tailboard.rename.renames import SIMPLE_LABEL

ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
LEGEND_LABEL = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
FIELD_REFERENCE = re.compile(
    r"\$\{__(?:field\.labels|data\.fields)(?:\.(\w+)|\[[\"']([^\"']+)[\"']\])"
)
TEMPLATE_LABEL = re.compile(
    r"(?:\$labels|\.Labels)\.(\w+)|(?:\$labels|\.Labels)\s+\"([^\"]+)\"", re.ASCII
)

Labels = Mapping[str, str]


def rename_legend(text: str, labels: Labels) -> str:
    """A legend: `{{route}} {{ code }}`."""
    return LEGEND_LABEL.sub(lambda match: _replace_group(match, labels.get(match[1]), 1), text)


def rename_field_references(text: str, labels: Labels) -> str:
    """A link that reads labels: `${__field.labels.route}`, `${__data.fields["route"]}`."""

    def replace_reference(match: re.Match[str]) -> str:
        group = 1 if match[1] is not None else 2
        new_label = labels.get(match[group])
        if new_label and group == 1 and not SIMPLE_LABEL.fullmatch(new_label):
            return match[0].removesuffix(f".{match[1]}") + f'["{new_label}"]'
        return _replace_group(match, new_label, group)

    return FIELD_REFERENCE.sub(replace_reference, text)


def rename_template(text: str, labels: Labels) -> str:
    """A template of an alert: `{{ $labels.route }}`, `{{ index $labels "route" }}`."""
    return ACTION.sub(lambda action: _rename_action(action[0], labels), text)


def rename_field_names(value: Any, labels: Labels) -> Any:
    """Transformations or matchers of overrides: texts and names of fields that are a label."""
    if isinstance(value, str):
        return labels.get(value, rename_field_references(value, labels))
    if isinstance(value, list):
        return [rename_field_names(item, labels) for item in value]
    if isinstance(value, dict):
        return {
            name if labels.get(name) in value else labels.get(name, name): rename_field_names(
                field, labels
            )
            for name, field in value.items()
        }
    return value


def rename_texts(value: Any, labels: Labels, left_fields: Collection[str] = ()) -> Any:
    """Every text below a value that reads labels as a link does, but for some fields."""
    if isinstance(value, str):
        return rename_field_references(value, labels)
    if isinstance(value, list):
        return [rename_texts(item, labels) for item in value]
    if isinstance(value, dict):
        return {
            name: field if name in left_fields else rename_texts(field, labels)
            for name, field in value.items()
        }
    return value


def _rename_action(text: str, labels: Labels) -> str:
    def replace_label(match: re.Match[str]) -> str:
        group = 1 if match[1] is not None else 2
        new_label = labels.get(match[group])
        if new_label and group == 1 and not SIMPLE_LABEL.fullmatch(new_label):
            holder = match[0].removesuffix(f".{match[1]}")
            return f'(index {holder} "{new_label}")'
        return _replace_group(match, new_label, group)

    return TEMPLATE_LABEL.sub(replace_label, text)


def _replace_group(match: re.Match[str], text: str | None, group: int) -> str:
    if text is None:
        return match[0]
    start, end = match.start(group) - match.start(), match.end(group) - match.start()
    return match[0][:start] + text + match[0][end:]
