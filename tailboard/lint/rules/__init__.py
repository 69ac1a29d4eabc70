"""Lint rules, one a file: what a document or a rule must get right.

To add one, add its file with a `RULE` and a line to `LINT_RULES`; the module's docstring is its
page.
"""

from tailboard.lint.engine import LintRule
from tailboard.lint.rules import (
    average_latency,
    deprecated_panel,
    duplicate_id,
    duplicate_refid,
    duplicate_title,
    duplicate_uid,
    exact_le,
    fixed_data_source,
    fixed_range,
    grafana_variable_in_rule,
    ignored_document,
    kubernetes_label,
    missing_description,
    missing_legend,
    missing_unit,
    outside_grid,
    parse_error,
    percentile_without_le,
    rate_of_gauge,
    rate_of_pushed,
    refused_rule_file,
    refused_uid,
    short_refresh,
    silent_alert,
    template_error,
    threshold_mismatch,
    too_many_panels,
    unbounded_legend,
    undeclared_variable,
    unguarded_ratio,
    unused_variable,
    utf8_name,
)

LINT_RULES: tuple[LintRule, ...] = (
    parse_error.RULE,
    refused_rule_file.RULE,
    template_error.RULE,
    rate_of_gauge.RULE,
    rate_of_pushed.RULE,
    percentile_without_le.RULE,
    grafana_variable_in_rule.RULE,
    fixed_data_source.RULE,
    undeclared_variable.RULE,
    deprecated_panel.RULE,
    refused_uid.RULE,
    duplicate_uid.RULE,
    duplicate_id.RULE,
    duplicate_refid.RULE,
    outside_grid.RULE,
    fixed_range.RULE,
    average_latency.RULE,
    exact_le.RULE,
    unguarded_ratio.RULE,
    kubernetes_label.RULE,
    threshold_mismatch.RULE,
    unbounded_legend.RULE,
    missing_unit.RULE,
    missing_description.RULE,
    missing_legend.RULE,
    unused_variable.RULE,
    duplicate_title.RULE,
    too_many_panels.RULE,
    short_refresh.RULE,
    silent_alert.RULE,
    utf8_name.RULE,
    ignored_document.RULE,
)
"""All of them: what is wrong first, then what misleads."""

__all__ = ["LINT_RULES"]
