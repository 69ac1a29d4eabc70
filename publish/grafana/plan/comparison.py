"""A declared dashboard beside a stored one, where one of them is of schema v2."""

from tailboard.dashboards.schema_v2.losses import describe_losses, list_losses
from tailboard.dashboards.schema_v2.resource import find_version, is_v2_document
from tailboard.publish.errors import NotAllowedError
from tailboard.publish.grafana.api import (
    DesiredDashboard,
    Document,
    GrafanaApi,
    LiveDashboard,
    RefusedError,
)
from tailboard.publish.grafana.documents.difference import describe_differences
from tailboard.publish.grafana.documents.marker import find_marker
from tailboard.publish.grafana.documents.panel_ids import describe_id_changes
from tailboard.publish.grafana.plan.classification import Comparison, PreviewFetcher
from tailboard.publish.grafana.plan.hand_edits import HandEdits, find_hand_edits
from tailboard.publish.grafana.plan.version_history import find_published_version

DECLARED_PREFIX = "declared since: "
"""What is before a change of the definition, among what people changed by hand."""


def compare_dashboard(
    api: GrafanaApi, desired: DesiredDashboard, live: LiveDashboard, fetch_preview: PreviewFetcher
) -> Comparison:
    """How what is stored differs from what is declared, and from what was published last."""
    if live.block_reason:
        return Comparison()
    is_ours = live.owner == desired.owner
    edits = find_hand_edits(api, live) if is_ours else HandEdits(is_edited=True)
    is_declared_anew = _is_declared_anew(desired, live, edits)
    if not edits.is_edited and not is_declared_anew:
        return Comparison()
    if is_v2_document(desired.document):
        return _compare_with_v2(api, desired, live, edits, fetch_preview())
    return _compare_with_v1(
        api, desired, live, edits, fetch_preview(), is_declared_anew=is_declared_anew
    )


def find_loss(desired: DesiredDashboard, live: LiveDashboard) -> str:
    """What is lost where schema v1 is written over schema v2, in a phrase."""
    if is_v2_document(desired.document) or not is_v2_document(live.document):
        return ""
    return describe_losses(list_losses(live.document))


def _is_declared_anew(desired: DesiredDashboard, live: LiveDashboard, edits: HandEdits) -> bool:
    """Whether what is declared is not what was published last."""
    published_marker = find_marker(edits.published.document) if edits.published else live.marker
    desired_marker = find_marker(desired.document)
    return not (
        published_marker and desired_marker and published_marker.checksum == desired_marker.checksum
    )


def _compare_with_v2(
    api: GrafanaApi,
    desired: DesiredDashboard,
    live: LiveDashboard,
    edits: HandEdits,
    preview: Document,
) -> Comparison:
    version = find_version(desired.document)
    stored_document = live.document
    if live.stored_version != version:
        stored_document = api.fetch_document(live, version)
    differences = tuple(describe_differences(stored_document, preview))
    if live.marker and (id_changes := describe_id_changes(stored_document, preview)):
        return Comparison(tuple(id_changes))
    if not edits.changes or (not differences and live.marker):
        return Comparison(differences, edits.is_edited, edit_reason=edits.reason)
    declared_changes: list[str] = []
    if edits.published and live.stored_version == version:
        declared_changes = describe_differences(edits.published.document, preview)
    return Comparison(
        (*edits.changes, *(f"{DECLARED_PREFIX}{change}" for change in declared_changes)),
        is_edited=True,
        edit_reason=edits.reason,
    )


def _compare_with_v1(
    api: GrafanaApi,
    desired: DesiredDashboard,
    live: LiveDashboard,
    edits: HandEdits,
    preview: Document,
    *,
    is_declared_anew: bool,
) -> Comparison:
    """Compare a definition of schema v1 with a dashboard that is stored in schema v2."""
    differences = describe_differences(live.document, preview)
    loss = find_loss(desired, live)
    if not differences and (live.marker or not edits.changes):
        return Comparison()
    if live.marker and (id_changes := describe_id_changes(live.document, preview)):
        return Comparison(tuple(id_changes))
    if not edits.is_edited or not edits.changes:
        if edits.published and not edits.is_edited:
            differences, loss = _compare_with_published(api, live, preview) or differences, ""
        return Comparison(tuple(differences), edits.is_edited, loss, edits.reason)
    declared_changes = (
        _compare_with_published(api, live, preview) if edits.published and is_declared_anew else []
    )
    return Comparison(
        (*edits.changes, *(f"{DECLARED_PREFIX}{change}" for change in declared_changes)),
        is_edited=True,
        loss=loss,
        edit_reason=edits.reason,
    )


def _compare_with_published(api: GrafanaApi, live: LiveDashboard, preview: Document) -> list[str]:
    """What the definition changes in what was published last, in schema v1."""
    try:
        published = find_published_version(api.fetch_versions(live.uid, api.schema_versions.v1))
    except (NotAllowedError, RefusedError):
        return []
    if published is None or published.conversion_error:
        return []
    return describe_differences(published.document, preview)
