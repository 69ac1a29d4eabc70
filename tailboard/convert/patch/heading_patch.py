"""Edits of the dashboard itself: title, description, tags, refresh, time range."""

from tailboard.convert.code import Code, Literal, build_code, render_flat
from tailboard.convert.patch.editor import Editor
from tailboard.convert.patch.syntax import is_function
from tailboard.convert.patch.text_edits import add_imports, replace_node, set_keyword, wrap_call
from tailboard.dashboards.document import Document
from tailboard.dashboards.passes.stamp import TAG


def patch_heading(editor: Editor) -> None:
    """Title, description, tags, refresh and the beginning of the time range."""
    live, built = editor.live.document, editor.document
    for name, code in _list_heading_changes(live, built).items():
        call = editor.trace.find_call(editor.trace.dashboard)
        if call is None:
            return
        is_library = not is_function(call, "Dashboard")
        if is_library and is_function(call, "replace"):
            editor.try_text(set_keyword(editor.text, call, name, code))
        elif is_library:
            wrapped = wrap_call(editor.text, call, "replace", {name: code})
            editor.try_text(add_imports(wrapped, {"replace"}))
        elif name == "title" and call.args:
            editor.try_text(replace_node(editor.text, call.args[0], render_flat(code)))
        else:
            editor.try_text(set_keyword(editor.text, call, name, code))


def _list_heading_changes(live: Document, built: Document) -> dict[str, Code]:
    """The arguments of a dashboard that have to change."""
    changes: dict[str, Code] = {}
    if live["title"] != built["title"]:
        changes["title"] = Literal(live["title"])
    for name in ("description", "refresh"):
        if (live.get(name) or "") != (built.get(name) or ""):
            changes[name] = Literal(live.get(name) or "")
    if live.get("tags") != built.get("tags"):
        changes["tags"] = build_code([tag for tag in live["tags"] if tag != TAG])
    time = live.get("time") or {}
    if time != built.get("time") and time.get("to") == "now":
        changes["time_from"] = Literal(time.get("from"))
    return changes
