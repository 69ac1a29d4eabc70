"""Publishing copies of dashboards for a pull request, and removing them."""

import dataclasses
import functools
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click

from tailboard.cli.options.groups import Command, add_options
from tailboard.cli.options.parameter_types import validate_duration
from tailboard.cli.reports.outcome_report import build_target_json
from tailboard.cli.reports.progress import StepProgress
from tailboard.cli.reports.terminal import print_json_report, print_message
from tailboard.cli.targets.apply import ApplyOptions, execute_plan, print_outcome_summary
from tailboard.panels.duration import parse_duration
from tailboard.publish.grafana.commit import DEFAULT_MESSAGE
from tailboard.publish.grafana.plan.desired import Desired
from tailboard.publish.grafana.plan.items import DashboardItem, Plan
from tailboard.publish.grafana.previews.copies import build_copies, select_originals
from tailboard.publish.grafana.previews.mark import find_preview_mark
from tailboard.publish.grafana.previews.plan import Expiry, plan_copy, plan_preview
from tailboard.publish.grafana.previews.preview import Preview, validate_preview_name
from tailboard.publish.grafana.server import Grafana
from tailboard.publish.plan.outcome import Outcome, compute_exit_code
from tailboard.publish.plan.policy import PublishPolicy
from tailboard.publish.plan.runs import MAX_MESSAGE_LENGTH
from tailboard.publish.targets.target import Target, TargetPlan

PUBLISH_ONLY_OPTIONS = ("force", "adopt", "prune")
POLICY = PublishPolicy(prune=True)
"""What is of a preview is ours to delete, and nothing else is in its plan."""


@dataclass(frozen=True)
class PreviewOptions:
    """Which preview is meant, whether it gets every dashboard or goes, and which others go."""

    name: str
    is_everything: bool
    is_removal: bool
    expiry_time: str
    other_names: tuple[str, ...] = ()

    def validate(self, context: click.Context) -> None:
        """Raise for options that need a preview, or make no sense with one."""
        if self.name:
            for name in (self.name, *self.other_names):
                validate_preview_name(name)
            for name in PUBLISH_ONLY_OPTIONS:
                if context.params[name]:
                    raise click.UsageError(
                        f"--preview touches no dashboard of yours or others: leave --{name} out."
                    )
            if self.is_removal and self.is_everything:
                raise click.UsageError("--remove deletes all copies: leave --all out.")
        elif self.is_everything or self.is_removal or self.expiry_time or self.other_names:
            raise click.UsageError(
                "--all, --remove, --also-remove and --expire need --preview NAME."
            )

    def build_expiry(self) -> Expiry | None:
        """When a preview is old, if that is asked for."""
        if not self.expiry_time:
            return None
        return Expiry(time.time() - parse_duration(self.expiry_time))


@dataclass(frozen=True)
class OriginalPlan:
    """What is declared, what publishing would do with it, and what the versions say."""

    desired: Desired
    plan: Plan
    message: str


def _validate_expiry(context: click.Context, option: click.Parameter, value: str | None) -> str:
    return validate_duration(context, option, value) if value else ""


PREVIEW_OPTIONS = (
    click.option(
        "--preview",
        "preview_name",
        metavar="NAME",
        help="Publish copies of what would change, for a pull request: pr-123.",
    ),
    click.option("--all", "is_everything", is_flag=True, help="With --preview: copy everything."),
    click.option("--remove", "is_removal", is_flag=True, help="With --preview: delete its copies."),
    click.option(
        "--also-remove",
        "other_names",
        metavar="NAME",
        multiple=True,
        help="With --preview: delete this other preview; may be repeated.",
    ),
    click.option(
        "--expire",
        "expiry_time",
        metavar="DURATION",
        callback=_validate_expiry,
        help="With --preview: delete other previews that are older, such as 7d.",
    ),
)


def add_preview_options(command: Command) -> Command:
    """Give a command the options of a preview, and what they mean."""

    @functools.wraps(command)
    def run_with_preview(
        *arguments: Any,
        preview_name: str | None,
        is_everything: bool,
        is_removal: bool,
        expiry_time: str,
        other_names: tuple[str, ...],
        **options: Any,
    ) -> Any:
        preview = PreviewOptions(
            preview_name or "", is_everything, is_removal, expiry_time, other_names
        )
        return command(*arguments, preview=preview, **options)

    return add_options(PREVIEW_OPTIONS, run_with_preview)


def select_preview_target(targets: Sequence[Target]) -> Target:
    """The one target that has the preview: its Grafana, as there are no previews of rules."""
    if len(targets) != 1:
        raise click.UsageError("--preview goes to one Grafana: name one target.")
    return dataclasses.replace(targets[0], ruler=None)


def publish_preview(
    options: PreviewOptions,
    target: Target,
    original_plan: OriginalPlan | None,
    *,
    as_json: bool,
) -> int:
    """Have the copies of a preview in Grafana, or none without a plan; the exit code."""
    if target.grafana is None:
        raise click.UsageError("which Grafana? Say --grafana URL, or set GRAFANA_URL.")
    grafana, preview = target.grafana, Preview(options.name, target.owner)
    copies = []
    if original_plan:
        copies = build_copies(
            preview,
            select_originals(original_plan.plan, is_everything=options.is_everything),
            original_plan.desired.dashboards,
            addresses=_list_addresses(grafana),
            time=int(time.time()),
            message=_build_message(preview, original_plan.message),
        )
    with StepProgress("Comparing copies", len(copies), sys.stderr) as progress:
        plan = plan_preview(
            grafana.api,
            preview,
            copies,
            options.build_expiry(),
            progress.advance,
            other_names=options.other_names,
        )
    try:
        outcomes = execute_plan(
            TargetPlan(target, plan), POLICY, ApplyOptions(is_quiet=as_json), plan_copy
        )
    except KeyboardInterrupt:
        print_message(
            f"The preview {preview.name} is not complete: publish it again, or --remove it."
        )
        raise
    folder_url = f"{grafana.address}/dashboards/f/{preview.folder.uid}" if copies else ""
    print_outcome_summary(outcomes, target, f" (preview {preview.name})")
    if folder_url:
        print_message(f"Preview: {folder_url}")
    if as_json:
        report = _build_json(outcomes, target, preview, folder_url)
        print_json_report(report, sort_keys=True)
    return compute_exit_code(outcomes)


def _build_message(preview: Preview, message: str) -> str:
    """What the version of a copy says, as long as Grafana takes it."""
    text = f"preview {preview.name}: {message or DEFAULT_MESSAGE}"
    return " ".join(text.split())[:MAX_MESSAGE_LENGTH]


def _list_addresses(grafana: Grafana) -> tuple[str, ...]:
    """Where links may lead to this Grafana: where it is reached, and where people open it."""
    settings = click.get_current_context().default_map or {}
    public_url = str(settings.get("grafana_url") or "")
    return (grafana.address, *([public_url] if public_url else []))


def _build_json(
    outcomes: list[Outcome], target: Target, preview: Preview, folder_url: str
) -> dict[str, Any]:
    """What `publish` reports, with the preview, its folder, and of each copy its original."""
    report = build_target_json(outcomes, target, "")
    for outcome, fields in zip(outcomes, report["items"], strict=True):
        if isinstance(outcome.item, DashboardItem):
            fields["original"] = _find_original(outcome.item)
            fields["url"] = f"{report['server']}/d/{outcome.item.uid}"
    return {**report, "folder_url": folder_url, "preview": preview.name}


def _find_original(item: DashboardItem) -> str:
    """The uid of the dashboard that one is the copy of."""
    dashboard = item.desired or item.live
    mark = find_preview_mark(dashboard.document) if dashboard else None
    return mark.original if mark else ""
