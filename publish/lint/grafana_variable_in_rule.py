"""A variable of Grafana in a rule of Prometheus, which does not know it.

Bad: `rate(requests_total[$__rate_interval]) > 1` in a rule file
Good: `rate(requests_total[5m]) > 1`
"""

from publish.linting import LintRule, Said
from publish.promql_reading import variables
from publish.subject import Query


def _of_query(query: Query) -> Said:
    if query.in_rule:
        for name in sorted(it for it in variables(query.text) if not it.isdigit()):
            yield f"${name} is a variable of Grafana", "write what it stands for."


RULE = LintRule(
    "grafana-variable-in-rule",
    "error",
    "a variable of Grafana in a rule",
    __doc__,
    of_query=_of_query,
)
