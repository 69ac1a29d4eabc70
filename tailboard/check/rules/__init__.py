"""Checks, one a file: what metrics must get right for the queries that ask for them.

To add one, add its file with a `CHECK` and a line to `CHECKS`; the module's docstring is its page.
"""

from tailboard.check.engine import Check
from tailboard.check.rules import (
    coarse_percentile,
    email_label,
    failing_target,
    falling_counter,
    few_buckets,
    growing_series,
    id_label,
    last_bucket,
    many_series,
    mixed_processes,
    outliving_counter,
    raw_path,
    refused_scrape,
    renamed_label,
    restarting,
    same_process,
    short_window,
    slow_scrape,
    threshold_between_buckets,
    unknown_status,
    wrong_function,
    wrong_unit,
)

CHECKS: tuple[Check, ...] = (
    refused_scrape.CHECK,
    wrong_unit.CHECK,
    wrong_function.CHECK,
    unknown_status.CHECK,
    mixed_processes.CHECK,
    same_process.CHECK,
    few_buckets.CHECK,
    last_bucket.CHECK,
    coarse_percentile.CHECK,
    threshold_between_buckets.CHECK,
    raw_path.CHECK,
    id_label.CHECK,
    email_label.CHECK,
    many_series.CHECK,
    growing_series.CHECK,
    failing_target.CHECK,
    short_window.CHECK,
    slow_scrape.CHECK,
    restarting.CHECK,
    falling_counter.CHECK,
    outliving_counter.CHECK,
    renamed_label.CHECK,
)
"""All of them: what is wrong first, then what misleads, then what costs too much."""

__all__ = ["CHECKS"]
