"""Edits of the dashboard itself: title, description, tags, time, variables, links, annotations."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tailboard.convert.canonical import build_canonical
from tailboard.convert.code import (
    Call,
    Code,
    DictCode,
    ListCode,
    Literal,
    build_code,
    render_flat,
)
from tailboard.convert.definition import OWN_FIELDS
from tailboard.convert.module_text import list_code_names
from tailboard.convert.parts import list_annotation_codes, list_link_codes, list_variable_codes
from tailboard.convert.patch.editor import Editor
from tailboard.convert.patch.imports import add_imports
from tailboard.convert.patch.syntax import find_function, is_function
from tailboard.convert.patch.text_edits import (
    read_element,
    remove_keyword,
    replace_by_list,
    replace_node,
    set_keyword,
    wrap_call,
    write_list,
)
from tailboard.dashboards import variables
from tailboard.dashboards.data_source import DATASOURCE, datasource
from tailboard.dashboards.document import Document
from tailboard.dashboards.passes.stamp import TAG
from tailboard.publish.grafana.documents.normalize import (
    DOCUMENT_DEFAULTS,
    find_list,
    normalize_document,
)

Entries = Sequence[Mapping[str, Any]]

UNPATCHED_FIELDS = OWN_FIELDS | {"schemaVersion", "uid"}
"""The fields of a document that `extra` does not say."""

PART_NAMES = {"variables": "name", "links": "title", "annotations": "name"}
"""The lists of a dashboard, and by which field an entry is known."""


def patch_heading(editor: Editor) -> None:
    """What somebody edited in the settings of the dashboard, and its variables."""
    for name, code in _list_heading_changes(editor).items():
        call = editor.trace.find_call(editor.trace.dashboard)
        if call is None:
            return
        is_library = not is_function(call, "Dashboard")
        if is_library and not is_function(call, "replace"):
            text = wrap_call(editor.text, call, "replace", {name: code})
            text = add_imports(text, {"replace"})
        elif name == "title" and call.args and not is_library:
            text = replace_node(editor.text, call.args[0], render_flat(code))
        else:
            text = set_keyword(editor.text, call, name, code)
        editor.try_text(text, editor.has_fewer_differences)
    for part in PART_NAMES:
        for is_verbatim in (False, True):
            for text in _list_part_edits(editor, part, is_verbatim=is_verbatim):
                editor.try_text(text, editor.has_fewer_differences)


def _list_heading_changes(editor: Editor) -> dict[str, Code]:
    """The arguments of a dashboard that have to change."""
    live, built = editor.live.document, editor.document
    changes: dict[str, Code] = {}
    if live["title"] != built["title"]:
        changes["title"] = Literal(live["title"])
    for name in ("description", "refresh"):
        if (live.get(name) or "") != (built.get(name) or ""):
            changes[name] = Literal(live.get(name) or "")
    if live.get("tags") != built.get("tags"):
        changes["tags"] = build_code([tag for tag in live["tags"] if tag != TAG])
    extra = _list_extra_changes(live, built)
    time = extra.get("time") or {}
    if time.get("to") == "now":
        changes["time_from"] = Literal(time.get("from"))
        del extra["time"]
    if extra:
        changes["extra"] = build_code({**editor.trace.dashboard.extra, **extra})
    return changes


def _list_extra_changes(live: Document, built: Document) -> dict[str, Any]:
    """The fields of a document that have no argument of their own."""
    live_fields, built_fields = build_canonical(live), build_canonical(built)
    return {
        name: live_fields.get(name, DOCUMENT_DEFAULTS.get(name))
        for name in sorted({*live_fields, *built_fields} - UNPATCHED_FIELDS)
        if live_fields.get(name) != built_fields.get(name)
    }


def _list_part_edits(editor: Editor, part: str, *, is_verbatim: bool) -> Iterator[str]:
    """Texts with other variables, links or annotations; verbatim with all fields of changed ones.

    A plan tells a field that says what is so anyway from a field that is not there.
    """
    live_entries = _list_entries(editor.live.document, part)
    built_entries = _list_entries(editor.document, part)
    call = editor.trace.find_call(editor.trace.dashboard)
    is_same = live_entries == built_entries and not is_verbatim
    if is_same or call is None or not is_function(call, "Dashboard"):
        return
    codes = _list_codes(editor.live.document, part)
    live_entries = live_entries[len(live_entries) - len(codes) :]
    if is_verbatim:
        codes = _list_verbatim_codes(editor, part, live_entries, codes)
    names = {name for code in codes for name in list_code_names(code)}
    if not codes:
        yield remove_keyword(editor.text, call, part)
        return
    node = next((keyword.value for keyword in call.keywords if keyword.arg == part), None)
    if node is None:
        text = set_keyword(editor.text, call, part, ListCode(tuple(codes)))
        yield add_imports(text, names)
        return
    declared_entries = _list_declared_entries(editor, part)
    if isinstance(node, ast.List) and len(node.elts) == len(declared_entries):
        items = _match_entries(
            editor.text,
            node,
            declared_entries,
            live_entries,
            codes,
            PART_NAMES[part],
            is_verbatim=is_verbatim,
        )
        yield add_imports(write_list(editor.text, node, items), names)
    elif [*live_entries[: len(declared_entries)]] == [*declared_entries]:
        new_codes = [render_flat(code) for code in codes[len(declared_entries) :]]
        source = read_element(editor.text, node)
        text = replace_by_list(editor.text, node, [f"*{source}", *new_codes])
        yield add_imports(text, names)


def _list_verbatim_codes(
    editor: Editor, part: str, live_entries: Entries, codes: Sequence[Code]
) -> list[Code]:
    """The code of entries, with what their canonical form leaves out of those that still differ."""
    name = PART_NAMES[part]
    word = part.removesuffix("s")
    differences = editor.list_differences()
    full_entries = _find_part(normalize_document(editor.live.document), part)
    full_codes: list[Code] = []
    for entry, full_entry, code in zip(
        live_entries, full_entries[len(full_entries) - len(codes) :], codes, strict=True
    ):
        start = f"{word} {str(entry.get(name))!r}"
        is_different = any(difference.startswith(start) for difference in differences)
        if not is_different:
            full_codes.append(code)
        elif isinstance(code, Call):
            full_codes.append(_add_extra(code, entry, full_entry))
        else:
            full_codes.append(build_code(full_entry))
    return full_codes


def _add_extra(code: Call, entry: Mapping[str, Any], full_entry: Mapping[str, Any]) -> Code:
    """The call of a variable with the fields that say what is so anyway."""
    fields = {key: value for key, value in full_entry.items() if key not in entry and not value}
    keywords = dict(code.keywords)
    old_extra = keywords.get("extra", DictCode())
    new_extra = build_code(fields)
    if isinstance(old_extra, DictCode) and isinstance(new_extra, DictCode) and fields:
        keywords["extra"] = DictCode((*old_extra.items, *new_extra.items))
    return Call(code.function, code.arguments, tuple(keywords.items()))


def _list_entries(document: Document, part: str) -> Entries:
    """The entries of a document in their canonical form."""
    return _find_part(build_canonical(document), part)


def _find_part(document: Document, part: str) -> Entries:
    if part == "links":
        return document.get("links") or []
    return find_list(document, "templating" if part == "variables" else part) or []


def _list_declared_entries(editor: Editor, part: str) -> Entries:
    """The entries that the definition declares: the variable of the data source comes by itself."""
    entries = _list_entries(editor.document, part)
    count = len(getattr(editor.trace.dashboard, part))
    return entries[len(entries) - count :]


def _list_codes(document: Document, part: str) -> list[Code]:
    """The code of each entry, without the data source that a dashboard has by itself."""
    canonical = build_canonical(document)
    if part == "links":
        return list_link_codes(canonical)
    if part == "annotations":
        return list_annotation_codes(canonical)
    return [_shorten_data_source(code) for code in list_variable_codes(canonical)]


def _shorten_data_source(code: Code) -> Code:
    """The variable of the data source as ours with what differs."""
    if not isinstance(code, DictCode):
        return code
    fields = {key.value: value for key, value in code.items if isinstance(key, Literal)}
    own_fields = {key: build_code(value) for key, value in datasource().items()}
    if fields.get("name") != Literal(DATASOURCE) or fields.get("type") != own_fields["type"]:
        return code
    others = [
        (Literal(str(key)), value)
        for key, value in fields.items()
        if own_fields.get(str(key)) != value
    ]
    own_call = Call(f"variables.{variables.datasource.__name__}")
    return DictCode(((None, own_call), *others))


def _match_entries(
    text: str,
    node: ast.List,
    declared_entries: Entries,
    live_entries: Entries,
    codes: Sequence[Code],
    name: str,
    *,
    is_verbatim: bool,
) -> list[int | str]:
    """The items of a list: the places of equal entries, the code of those changed and new."""
    items: list[int | str] = []
    for entry, code in zip(live_entries, codes, strict=True):
        index = next(
            (
                index
                for index, own_entry in enumerate(declared_entries)
                if own_entry.get(name) == entry.get(name) and index not in items
            ),
            None,
        )
        if index is None:
            items.append(render_flat(code))
        elif declared_entries[index] == entry and not is_verbatim:
            items.append(index)
        else:
            items.append(
                _write_changed_entry(text, node.elts[index], declared_entries[index], entry, code)
            )
    return items


def _write_changed_entry(
    text: str,
    node: ast.expr,
    own_entry: Mapping[str, Any],
    entry: Mapping[str, Any],
    code: Code,
) -> str:
    """The code of a changed entry: of one that a service builds, that with what differs."""
    is_function_of_code = isinstance(code, Call) and _find_function_name(code) == (
        find_function(node) if isinstance(node, ast.Call) else ""
    )
    if isinstance(node, ast.Dict) or is_function_of_code or {*own_entry} - {*entry}:
        return render_flat(code)
    changes = {key: value for key, value in entry.items() if own_entry.get(key) != value}
    if "query" in changes:
        changes["definition"] = changes["query"]
    fields = render_flat(build_code(changes))[1:-1]
    return f"{{**{read_element(text, node)}, {fields}}}"


def _find_function_name(code: Call) -> str:
    """The last name of the function that a code calls."""
    return code.function.rpartition(".")[2]
