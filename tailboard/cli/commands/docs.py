"""`tailboard docs`: what the dashboards show becomes a handbook for who is on call."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import click

from tailboard.alerts import RuleSet
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.dashboard_page import (
    AlertsByPanel,
    group_alerts,
    list_rows,
    render_alert,
    render_page,
)
from tailboard.alerts.markdown import format_link, list_paragraphs
from tailboard.alerts.runbook import render_runbook
from tailboard.cli.options.common import (
    CHECK_OPTION,
    CONVENTION_OPTION,
    FORCE_OPTION,
    GRAFANA_URL_OPTION,
    JSON_OPTION,
)
from tailboard.cli.options.sources import find_sources
from tailboard.cli.reports.file_report import print_file_report
from tailboard.cli.reports.progress import BuildProgress
from tailboard.cli.reports.terminal import print_message
from tailboard.dashboards.document import Document
from tailboard.dashboards.schema_v2.flatten import build_view
from tailboard.definitions.build import Build
from tailboard.publish.errors import BrokenDefinitionsError
from tailboard.publish.formats import File, Format, FormatOptions
from tailboard.publish.output import Output
from tailboard.publish.plural import format_count

OWN_RUNBOOKS = "runbooks/{service}.md#{anchor}"
INDEX_PATH = PurePosixPath("README.md")
PAGES_FOLDER = PurePosixPath("dashboards")

EXAMPLE = """\b
Example:
  tailboard docs --convention prometheus_client --out handbook
"""


@click.command("docs", epilog=EXAMPLE)
@click.argument("definitions", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--out",
    "folder",  # not `out`: in the settings, that is the folder of a build
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("handbook"),
    show_default=True,
    help="The folder to write to; not that of a build.",
)
@CONVENTION_OPTION
@CHECK_OPTION
@FORCE_OPTION
@GRAFANA_URL_OPTION
@click.option(
    "--runbook-url",
    help="Where people read the runbooks; without it they are written beside the pages.",
)
@JSON_OPTION
@click.pass_context
def command(
    context: click.Context,
    definitions: tuple[Path, ...],
    folder: Path,
    convention: str | None,
    check: bool,
    force: bool,
    grafana_url: str | None,
    runbook_url: str | None,
    as_json: bool,
) -> int:
    """Write a page in Markdown about each dashboard.

    Each tells what its panels mean, what they ask, their thresholds, and the alerts that they
    show, with links to the runbooks. README.md lists the pages. The definitions are those that
    `tailboard build` would compile.
    """
    addresses = Addresses(grafana_url, runbook_url or OWN_RUNBOOKS)
    documents: list[Document] = []

    def collect_document(document: Document) -> Iterator[File]:
        """No file yet: the alerts of a dashboard may come with a later definition."""
        documents.append(document)
        return iter(())

    def collect_view(document: Document) -> Iterator[File]:
        """The same of a document of schema v2, as one of schema v1."""
        return collect_document(build_view(document))

    page_format = Format(
        "docs", "Pages in Markdown", document_files=collect_document, v2_files=collect_view
    )
    build = Build(
        list(find_sources(context, definitions, convention)), [page_format], FormatOptions()
    )
    with BuildProgress("Reading", len(build.sources)) as progress:
        deque(build.build_files(progress), maxlen=0)
    if build.errors:
        raise BrokenDefinitionsError(build.errors)
    output = Output(folder, command="docs", check=check, force=force)
    try:
        for file in _build_files(documents, list(build.rules.values()), addresses):
            output.add(file)
        changes = output.commit()
    finally:
        output.discard()
    if not grafana_url and documents and not (check and changes.stale_files):
        print_message("note: set grafana_url, so that pages link to their dashboards.")
    extra_fields = {"dashboards": len(documents)} if as_json else None
    return print_file_report(
        changes, folder, format_count(len(documents), "dashboard"), extra_fields, check=check
    )


def _build_files(
    documents: Sequence[Document], rules: Sequence[RuleSet], addresses: Addresses
) -> Iterator[File]:
    alerts = group_alerts(rules)
    has_own_runbooks = addresses.runbook_template == OWN_RUNBOOKS
    page_addresses = (
        replace(addresses, runbook_template=f"../{addresses.runbook_template}")
        if has_own_runbooks
        else addresses
    )
    sorted_documents = sorted(documents, key=lambda document: (document["title"], document["uid"]))
    rule_sets = sorted(rules, key=lambda rule_set: rule_set.slug) if has_own_runbooks else []
    for document in sorted_documents:
        yield _build_markdown_file(
            PAGES_FOLDER / f"{document['uid']}.md", render_page(document, alerts, page_addresses)
        )
    for rule_set in rule_sets:
        yield _build_markdown_file(
            _build_runbook_path(rule_set), render_runbook(rule_set, addresses)
        )
    blocks = [
        *_render_index(sorted_documents, alerts),
        *_render_alerts_without_panel(documents, alerts, addresses),
    ]
    if rule_sets:
        runbook_links = (
            f"- {format_link(rule_set.service.name, str(_build_runbook_path(rule_set)))}"
            for rule_set in rule_sets
        )
        blocks += ["## Runbooks", "\n".join(runbook_links)]
    yield _build_markdown_file(INDEX_PATH, "\n\n".join(blocks) + "\n")


def _build_runbook_path(rules: RuleSet) -> PurePosixPath:
    return PurePosixPath("runbooks", f"{rules.slug}.md")


def _build_markdown_file(path: PurePosixPath, text: str) -> File:
    return File(path, text.encode())


def _render_index(documents: Sequence[Document], alerts: AlertsByPanel) -> Iterator[str]:
    yield "# Dashboards"
    yield "Generated by tailboard from the definitions of the dashboards."
    if documents:
        yield "\n".join(_render_index_item(document, alerts) for document in documents)


def _render_index_item(document: Document, alerts: AlertsByPanel) -> str:
    alert_count = sum(
        len(alerts.get((document["uid"], panel_id), ())) for panel_id in _list_panel_ids(document)
    )
    contents = [format_count(len(_list_panel_ids(document)), "panel")]
    contents += [format_count(alert_count, "alert")] if alert_count else []
    description = "".join(
        f": {paragraph}" for paragraph in list_paragraphs(document.get("description"))[:1]
    )
    url = str(PAGES_FOLDER / f"{document['uid']}.md")
    return f"- {format_link(document['title'], url)} ({', '.join(contents)}){description}"


def _list_panel_ids(document: Document) -> list[int]:
    return [panel.get("id", 0) for _, panels in list_rows(document["panels"]) for panel in panels]


def _render_alerts_without_panel(
    documents: Sequence[Document], alerts: AlertsByPanel, addresses: Addresses
) -> Iterator[str]:
    """The alerts that no panel of these dashboards shows."""
    panel_places = {
        (document["uid"], panel) for document in documents for panel in _list_panel_ids(document)
    }
    hidden_alerts = [
        alert
        for place, place_alerts in alerts.items()
        if place not in panel_places
        for alert in place_alerts
    ]
    if hidden_alerts:
        yield "## Alerts that no panel here shows"
        sorted_alerts = sorted(hidden_alerts, key=lambda alert: (alert.service, alert.rule.name))
        yield "\n".join(render_alert(alert, addresses) for alert in sorted_alerts)
