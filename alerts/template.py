"""Prometheus' templates for what an alert says: labels and values in human units.

https://prometheus.io/docs/prometheus/latest/configuration/template_reference/
"""

from tailboard.panels.matcher import LABEL_NAME, quote_string

VALUE_TEMPLATE = "{{ humanize $value }}"
DURATION_TEMPLATE = "{{ humanizeDuration $value }}"
PERCENTAGE_TEMPLATE = "{{ humanizePercentage $value }}"


def escape_template(text: str) -> str:
    """The text itself, whatever it contains: two braces would begin a template."""
    return text.replace("{{", '{{ "{{" }}')


def is_static(text: str) -> bool:
    """Whether nothing in it waits for an alert to be filled in."""
    return "{{" not in text


def format_label_template(name: str) -> str:
    """The value of one of the alert's labels."""
    return f"{{{{ {_format_label(name)} }}}}"


def format_url_template(name: str) -> str:
    """The value of a label within a URL's query."""
    return f"{{{{ {_format_label(name)} | urlquery }}}}"


def _format_label(name: str) -> str:
    """A label in a template's language, where only a plain name may stand behind a dot."""
    return (
        f"$labels.{name}" if LABEL_NAME.fullmatch(name) else f"(index $labels {quote_string(name)})"
    )


def format_percentage(fraction: float) -> str:
    """A known fraction as people write it: 0.1%."""
    return f"{round(fraction * 100, 9):g}%"


def format_seconds(value: float) -> str:
    """Known seconds as people write them: 250ms, 1.5s, 2h."""
    if value < 1:
        return f"{round(value * 1000, 6):g}ms"
    if value % 3600 == 0:
        return f"{value / 3600:g}h"
    return f"{value / 60:g}m" if value % 60 == 0 else f"{value:g}s"
