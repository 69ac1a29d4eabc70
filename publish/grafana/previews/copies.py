"""The copies of a preview: the dashboards that a plan would change, as they would become."""

from collections.abc import Iterable, Mapping
from typing import Any

from tailboard.publish.grafana.api import DesiredDashboard, Document
from tailboard.publish.grafana.documents.marker import strip_marker
from tailboard.publish.grafana.plan.items import Plan
from tailboard.publish.grafana.previews.links import CopiedDashboards
from tailboard.publish.grafana.previews.mark import add_preview_mark
from tailboard.publish.grafana.previews.preview import TAG, Preview
from tailboard.publish.plan.item import State

SECONDS_PER_HOUR = 3600


def select_originals(plan: Plan, *, is_everything: bool = False) -> list[DesiredDashboard]:
    """The declared dashboards to copy: those that publishing would change, or all."""
    return [
        item.desired
        for item in plan.dashboards
        if item.desired and (is_everything or item.state is not State.UNCHANGED)
    ]


def build_copies(
    preview: Preview,
    originals: Iterable[DesiredDashboard],
    declared_dashboards: Iterable[DesiredDashboard],
    *,
    addresses: tuple[str, ...],
    time: int,
    message: str,
) -> list[DesiredDashboard]:
    """The copies to store, which lead to each other where their originals do.

    `addresses` are those at which people and this run reach Grafana, `time` is the present one in
    seconds since 1970.
    """
    original_dashboards = list(originals)
    copied_dashboards = CopiedDashboards(
        preview,
        {
            dashboard.uid: _list_tags(dashboard.document)
            for dashboard in (*declared_dashboards, *original_dashboards)
        },
        frozenset(dashboard.uid for dashboard in original_dashboards),
        tuple(address.rstrip("/") for address in addresses),
    )
    return [
        DesiredDashboard(
            preview.build_uid(original.uid),
            _build_document(copied_dashboards, original, time),
            preview.folder.uid,
            owner="",
            message=message,
            preview_owner=preview.owner,
        )
        for original in original_dashboards
    ]


def _build_document(
    copied_dashboards: CopiedDashboards, original: DesiredDashboard, time: int
) -> Document:
    preview = copied_dashboards.preview
    document = copied_dashboards.rewrite_document(strip_marker(original.document))
    title = str(document["title"])
    document |= {
        "description": _describe_copy(preview, title, document),
        "tags": sorted({TAG, *map(preview.format_tag, _list_tags(document))}),
        "title": preview.format_title(title),
        "uid": preview.build_uid(original.uid),
    }
    hour = time - time % SECONDS_PER_HOUR
    return add_preview_mark(document, preview.owner, preview.name, original.uid, hour)


def _describe_copy(preview: Preview, title: str, document: Mapping[str, Any]) -> str:
    warning = f"Preview {preview.name} of {title!r}: what is changed here is lost."
    description = document.get("description")
    return (
        f"{warning}\n\n{description}" if isinstance(description, str) and description else warning
    )


def _list_tags(document: Mapping[str, Any]) -> list[str]:
    tags = document.get("tags")
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
