"""An expression that never has a result: the alert never fires, the panel is always empty.

What functions return is known: `count` of nothing is nothing and never 0, `absent` is 1, `rate` is
never negative, `up` is 0 or 1, an hour is at most 23. A comparison with what cannot be drops every
sample, and so do two that exclude each other. A range of samples (`x[5m]`) is no value either.

Bad: `count(up{job="shop"}) == 0`, `up > 1`, `x > 5 and x < 3`
Good: `absent(up{job="shop"})`, `up == 1`, `x > 3 and x < 5`

Exclude it where a condition is switched off on purpose.
"""

from tailboard.lint.engine import LintRule, Problems
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.queries.analysis.conditions import find_impossible
from tailboard.queries.parser.promql import PLACEHOLDER, get_node_type
from tailboard.queries.subject import Query

SAMPLE_NODES = {"MatrixSelector": "a range of samples", "StringLiteral": "a text"}
COUNT_TIP = "for what is not there, write absent(...) or (count(...) or vector(0)) == 0."
TIP = "compare it with a value that it can have."

CONDITIONS = ("<", ">", "==", "unless")
"""What an expression needs that can be impossible."""

SAMPLES = declare_pattern(r"\s*[\"'`]|[^(]*\[")
"""How a text begins, and a range without a function around it."""


def _check_query(query: Query) -> Problems:
    expression = query.expression
    # Where a variable is a number or an operator, its value is not known.
    is_exact = expression.placeholder == PLACEHOLDER and expression.text == query.text
    if expression.problem or not is_exact or not _is_candidate(query.text):
        return
    tree = expression.tree
    node_type = get_node_type(tree)
    if node_type in SAMPLE_NODES and not query.target.get("instant"):
        yield (
            f"it is {SAMPLE_NODES[node_type]}, and a rule or a graph needs one value at a time",
            "put a function around it, such as rate(...) or max_over_time(...).",
        )
    elif reason := find_impossible(tree):
        yield f"it never has a result: {reason}", COUNT_TIP if "count" in query.text else TIP


def _is_candidate(text: str) -> bool:
    return any(word in text for word in CONDITIONS) or SAMPLES.match(text) is not None


RULE = LintRule(
    "never-true",
    "error",
    "an expression that never has a result",
    __doc__,
    check_query=_check_query,
)
