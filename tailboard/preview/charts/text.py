"""Markdown or plain text."""

import re

from tailboard.dashboards.schema_v2.values import read_object, read_text
from tailboard.preview.data.panel_data import PanelData
from tailboard.preview.drawing import Drawing, Size

KINDS = ("text",)

TAG = re.compile(r"<[^>]{0,2000}>")


def draw(panel: PanelData, size: Size) -> Drawing:
    """The text; of HTML only its words, since a page of ours runs nobody's markup."""
    options = read_object(panel.json.get("options"))
    content = read_text(options.get("content")) or read_text(panel.json.get("content"))
    mode = read_text(options.get("mode")) or read_text(panel.json.get("mode")) or "markdown"
    if mode == "html":
        return Drawing(markdown=TAG.sub(" ", content), notes=("HTML is shown as plain text",))
    if mode == "code":
        return Drawing(markdown=f"```\n{content}\n```")
    return Drawing(markdown=content)
