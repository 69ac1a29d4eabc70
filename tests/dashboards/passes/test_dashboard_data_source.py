"""A dashboard names the data source of what names none itself."""

from typing import Any

from tailboard import Dashboard, Row
from tailboard.dashboards import build_document
from tailboard.panels.kinds import raw, text

LOKI = {"type": "loki", "uid": "${logs}"}
OTHER = {"type": "loki", "uid": "other"}


def build(*panels: Any, **fields: Any) -> dict[str, Any]:
    return build_document(Dashboard("Logs", rows=[Row("", panels)], datasource=LOKI, **fields))


def test_panels_with_queries_read_the_data_source_of_the_dashboard() -> None:
    queries = [{"expr": '{job="x"}'}]
    plain, own, note = build(
        raw("logs", "Plain", queries),
        raw("logs", "Own", queries, extra={"datasource": OTHER}),
        text("Note", "Read on."),
    )["panels"]
    assert plain["datasource"] == LOKI
    assert own["datasource"] == OTHER
    assert note.get("datasource") != LOKI


def test_variables_with_queries_read_it_too() -> None:
    variables = [
        {"name": "logs", "type": "datasource", "query": "loki"},
        {"name": "job", "type": "query", "query": "label_values(job)"},
        {"name": "pod", "type": "query", "query": "label_values(pod)", "datasource": OTHER},
    ]
    entries = build(variables=variables)["templating"]["list"]
    by_name = {entry["name"]: entry.get("datasource") for entry in entries}
    assert by_name == {"logs": None, "job": LOKI, "pod": OTHER}
