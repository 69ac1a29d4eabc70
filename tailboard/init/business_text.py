"""The dashboard of the business in a definition's text: success ratios and a funnel."""

from collections.abc import Iterator

from tailboard.init.outcomes import Outcome
from tailboard.init.own_metrics import OwnMetrics
from tailboard.init.python_text import format_literal, format_matcher, wrap_items
from tailboard.panels.matcher import escape_regex
from tailboard.panels.metric_names import format_title


def render_business_arguments(own_metrics: OwnMetrics) -> Iterator[str]:
    """The success ratio of each counter with outcomes, and the funnel of the first with steps."""
    titles = [format_title(name) for name in own_metrics.outcomes]
    operations = [
        _render_entry(
            title if titles.count(title) == 1 else name,
            name,
            outcome.label,
            _render_success(outcome),
        )
        for title, (name, outcome) in zip(titles, own_metrics.outcomes.items(), strict=True)
    ]
    steps = [
        _render_entry(step, name, counted_steps.label, format_matcher([step]))
        for name, counted_steps in [*own_metrics.steps.items()][:1]
        for step in counted_steps.names
    ]
    if operations or steps:
        yield wrap_items("operations={", operations, "}", 2)
    if steps:
        yield wrap_items("funnel={", steps, "}", 2)


def _render_entry(title: str, counter: str, label: str, value: str) -> str:
    labels = f"{{{format_literal(label)}: {value}}}"
    return wrap_items(f"{format_literal(title)}: (", [format_literal(counter), labels], ")", 3)


def _render_success(outcome: Outcome) -> str:
    if outcome.pattern:
        return f"matches({format_literal(outcome.pattern)})"
    if outcome.failures:
        return f"avoids({format_literal('|'.join(map(escape_regex, outcome.failures)))})"
    return format_matcher(outcome.successes)
