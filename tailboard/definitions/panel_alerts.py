"""The alerts that a dashboard's panels had, as files of Prometheus rules."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from tailboard.alerts.panel_alert import (
    PanelAlert,
    build_panel_alert_groups,
    convert_panel_alert,
)
from tailboard.dashboards.document import Document
from tailboard.publish.formats import File
from tailboard.publish.formats.yaml_text import render_yaml

PANEL_ALERT_FOLDER = PurePosixPath("panel-alerts")
PANEL_ALERT_NOTE = (
    "Alerts that the dashboard's panels had, as rules: Prometheus loads them where you copy them."
)


def write_panel_alerts(
    alert_panels: Sequence[Document], document: Document
) -> tuple[list[File], list[str]]:
    """The files of the panels' alerts, and what becomes of each."""
    alerts = list(filter(None, map(convert_panel_alert, alert_panels)))
    path = PANEL_ALERT_FOLDER / f"{document['uid']}.yaml"
    files = list(_build_panel_alert_files(alerts, path, document))
    return files, [_describe_panel_alert(alert, path) for alert in alerts]


def _describe_panel_alert(alert: PanelAlert, path: PurePosixPath) -> str:
    outcome = (
        f"`tailboard build` writes it as a Prometheus rule to {path}"
        if alert.rule is not None
        else f"there is no Prometheus rule for it: {alert.notes[0]}"
    )
    return (
        f"the panel {alert.panel_title!r} loses its alert {alert.name!r}, since Grafana 11 has no "
        f"alerts in panels; {outcome}"
    )


def _build_panel_alert_files(
    alerts: Sequence[PanelAlert], path: PurePosixPath, document: Document
) -> Iterator[File]:
    """The rule file of the alerts that Prometheus can have, in a folder that nothing loads."""
    groups = build_panel_alert_groups(document["uid"], alerts)
    if groups:
        notes = [f"{alert.name!r}: {note}" for alert in alerts for note in alert.notes]
        yield File(path, render_yaml({"groups": groups}, notes=[PANEL_ALERT_NOTE, *notes]))
