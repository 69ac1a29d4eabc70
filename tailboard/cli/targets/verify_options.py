"""The options that say what is looked at after a publish, and what happens where it is not well."""

import functools
from dataclasses import dataclass
from typing import Any

import click

from tailboard.cli.options.groups import Command, add_options
from tailboard.cli.options.parameter_types import validate_duration
from tailboard.cli.targets.rules_verification import RulesVerification
from tailboard.panels.duration import parse_duration

VERIFY_TIMEOUT = "3m"
"""Rulers load groups once a minute, and evaluate them as often."""

VERIFY_OPTIONS = (
    click.option(
        "--verify/--no-verify",
        "has_rules_verification",
        default=True,
        help="Whether to wait until the ruler has evaluated the rules.",
    ),
    click.option(
        "--verify-timeout",
        metavar="DURATION",
        default=VERIFY_TIMEOUT,
        show_default=True,
        callback=validate_duration,
        help="How long to wait for that.",
    ),
    click.option(
        "--verify-panels",
        "has_panel_verification",
        is_flag=True,
        help="Ask the queries of changed dashboards, and name panels that lose their data.",
    ),
    click.option(
        "--rollback-on-loss",
        "has_rollback",
        is_flag=True,
        help="With --verify-panels: put back dashboards whose panels lose their data.",
    ),
)


@dataclass(frozen=True)
class VerifyOptions:
    """What is looked at: rules, which is waited for, and panels."""

    rules: RulesVerification | None
    has_panels: bool = False
    has_rollback: bool = False


def add_verify_options(command: Command) -> Command:
    """Give a command these options, and what they mean."""

    @functools.wraps(command)
    def run_with_options(
        *arguments: Any,
        has_rules_verification: bool,
        verify_timeout: str,
        has_panel_verification: bool,
        has_rollback: bool,
        **options: Any,
    ) -> Any:
        if has_rollback and not has_panel_verification:
            raise click.UsageError("--rollback-on-loss needs --verify-panels.")
        seconds = parse_duration(verify_timeout)
        rules = RulesVerification(seconds) if has_rules_verification else None
        verify = VerifyOptions(rules, has_panel_verification, has_rollback)
        return command(*arguments, verify=verify, **options)

    return add_options(VERIFY_OPTIONS, run_with_options)
