"""`tailboard docs`: what the dashboards show becomes a handbook for who is on call."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import click

from alerts import RuleSet
from alerts.groups import Addresses
from alerts.markdown import link, paragraphs
from alerts.page import Alerts, alert_line, by_panel, page, rows
from alerts.runbook import runbook
from dashboards.document import Document
from panels.conventions import CONVENTIONS
from publish.build import Build
from publish.cli.choice import Choice
from publish.cli.progress import Counting
from publish.cli.report import report
from publish.cli.sources import sources
from publish.counted import counted
from publish.errors import BrokenDefinitionsError
from publish.formats import File, Format, Surroundings
from publish.output import Output

DEFAULTS = Addresses()
INDEX = PurePosixPath("README.md")
PAGES = PurePosixPath("dashboards")

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
@click.option(
    "--convention",
    type=Choice([it.name for it in CONVENTIONS]),
    envvar="TAILBOARD_CONVENTION",
    show_envvar=True,
    help="Without definitions: the library for every job of this convention.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if what is on disk is stale.")
@click.option("--force", is_flag=True, help="Overwrite files that somebody else wrote or changed.")
@click.option(
    "--grafana-url",
    default=DEFAULTS.grafana,
    show_default=True,
    envvar="GRAFANA_URL",
    show_envvar=True,
    help="Where people open Grafana, for the link on each page.",
)
@click.option(
    "--runbook-url",
    default=DEFAULTS.runbook,
    show_default=True,
    help="Where the runbooks are; those of the default are written beside the pages.",
)
@click.option("--json", "as_json", is_flag=True, help="Say on stdout, as JSON, what was done.")
@click.pass_context
def command(
    context: click.Context,
    definitions: tuple[Path, ...],
    folder: Path,
    convention: str | None,
    check: bool,
    force: bool,
    grafana_url: str,
    runbook_url: str,
    as_json: bool,
) -> int:
    """Write a page in Markdown about each dashboard.

    Each tells what its panels mean, what they ask, their thresholds, and the alerts that they
    show, with links to the runbooks. README.md lists the pages. The definitions are those that
    `tailboard build` would compile.
    """
    addresses = Addresses(grafana_url, runbook_url)
    documents: list[Document] = []

    def keep(made: Document) -> Iterator[File]:
        """No file yet: the alerts of a dashboard may come with a later definition."""
        documents.append(made)
        return iter(())

    kept = Format("docs", "Pages in Markdown", per_document=keep)
    build = Build(list(sources(context, definitions, convention)), [kept], Surroundings())
    with Counting("Reading", len(build.sources)) as progress:
        deque(build.files(progress), maxlen=0)
    if build.errors:
        raise BrokenDefinitionsError(build.errors)
    output = Output(folder, maker="docs", check=check, force=force)
    try:
        for file in _files(documents, list(build.rules.values()), addresses):
            output.add(file)
        changes = output.commit()
    finally:
        output.discard()
    more = {"dashboards": len(documents)} if as_json else None
    return report(changes, folder, counted(len(documents), "dashboard"), more, check=check)


def _files(
    documents: Sequence[Document], rules: Sequence[RuleSet], addresses: Addresses
) -> Iterator[File]:
    alerts = by_panel(rules)
    own = addresses.runbook == DEFAULTS.runbook
    seen_from_page = replace(addresses, runbook=f"../{addresses.runbook}") if own else addresses
    ordered = sorted(documents, key=lambda it: (it["title"], it["uid"]))
    services = sorted(rules, key=lambda it: it.slug) if own else []
    for one in ordered:
        yield _markdown(PAGES / f"{one['uid']}.md", page(one, alerts, seen_from_page))
    for service in services:
        yield _markdown(_runbook(service), runbook(service, addresses))
    blocks = [*_listed(ordered, alerts), *_unshown(documents, alerts, addresses)]
    if services:
        leading = (f"- {link(it.service.name, str(_runbook(it)))}" for it in services)
        blocks += ["## Runbooks", "\n".join(leading)]
    yield _markdown(INDEX, "\n\n".join(blocks) + "\n")


def _runbook(rules: RuleSet) -> PurePosixPath:
    return PurePosixPath("runbooks", f"{rules.slug}.md")


def _markdown(path: PurePosixPath, text: str) -> File:
    return File(path, text.encode())


def _listed(documents: Sequence[Document], alerts: Alerts) -> Iterator[str]:
    yield "# Dashboards"
    yield "Generated by tailboard from the definitions of the dashboards."
    if documents:
        yield "\n".join(_item(it, alerts) for it in documents)


def _item(document: Document, alerts: Alerts) -> str:
    shown = sum(len(alerts.get((document["uid"], it), ())) for it in _panels(document))
    holds = [counted(len(_panels(document)), "panel")]
    holds += [counted(shown, "alert")] if shown else []
    says = "".join(f": {it}" for it in paragraphs(document.get("description"))[:1])
    url = str(PAGES / f"{document['uid']}.md")
    return f"- {link(document['title'], url)} ({', '.join(holds)}){says}"


def _panels(document: Document) -> list[int]:
    return [panel.get("id", 0) for _, panels in rows(document["panels"]) for panel in panels]


def _unshown(documents: Sequence[Document], alerts: Alerts, addresses: Addresses) -> Iterator[str]:
    """The alerts that no panel of these dashboards shows."""
    shown = {(it["uid"], panel) for it in documents for panel in _panels(it)}
    hidden = [it for place, found in alerts.items() if place not in shown for it in found]
    if hidden:
        yield "## Alerts that no panel here shows"
        ordered = sorted(hidden, key=lambda it: (it.service, it.rule.name))
        yield "\n".join(alert_line(it, addresses) for it in ordered)
