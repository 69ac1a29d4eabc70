"""The code of variables, links and annotations: a function of ours where it builds the same."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tailboard.convert.canonical import LABEL_VALUES, build_canonical
from tailboard.convert.code import Call, Code, Literal, build_code
from tailboard.dashboards import Dashboard, annotations, build_document, links, variables
from tailboard.dashboards.data_source import PROMETHEUS, datasource
from tailboard.dashboards.document import Document
from tailboard.publish.grafana.documents.normalize import find_list

JsonObject = Mapping[str, Any]

VARIABLE_FUNCTIONS = ("label_names(", "label_values(", "metrics(", "query_result(")
"""How a variable's query of Prometheus begins: such a one reads the dashboard's data source."""

Parts = Sequence[tuple[Code, Any]]

MAX_EXTRA_FIELDS = 3
"""A variable with more fields of its own is said as JSON."""


def list_variable_codes(
    document: Document, parts: Parts = (), data_source: JsonObject | None = None
) -> list[Code]:
    """The variables but for the data source, which a dashboard has by itself.

    `parts` are entries that a service builds, with their code; `data_source` is what the dashboard
    reads.
    """
    entries = find_list(document, "templating")
    default = _rebuild(variables=[datasource()])["templating"]["list"]
    built_parts = [
        (code, entry)
        for code, part in parts
        for entry in _rebuild(variables=[part])["templating"]["list"][-1:]
    ]
    return [
        _find_part(entry, built_parts) or _build_variable(entry, data_source)
        for entry in entries
        if [entry] != default
    ]


def list_annotation_codes(document: Document, parts: Parts = ()) -> list[Code]:
    """The annotations; `parts` are entries that a service builds, with their code."""
    built_parts = [
        (code, entry)
        for code, part in parts
        for entry in _rebuild(annotations=[part])["annotations"]["list"][-1:]
    ]
    return [
        _find_part(entry, built_parts) or _build_annotation(entry)
        for entry in find_list(document, "annotations")
    ]


def _find_part(entry: JsonObject, parts: Parts) -> Code | None:
    return next((code for code, part in parts if part == entry), None)


def list_link_codes(document: Document) -> list[Code]:
    """The links at the top."""
    return [_build_link(entry) for entry in document.get("links") or []]


def _build_variable(variable: JsonObject, data_source: JsonObject | None) -> Code:
    """The call of `variables.label_values` where it builds the variable, else JSON."""
    if data_source is not None:
        return _build_query_variable(variable, data_source)
    text, name = variable.get("query"), variable.get("name")
    match = LABEL_VALUES.fullmatch(text) if isinstance(text, str) else None
    if variable.get("type") != "query" or not match or not isinstance(name, str):
        return _build_query_variable(variable, None)
    arguments = (name, match["series"], match["label"])
    keywords: dict[str, Any] = {}
    if variable.get("label") != name.capitalize():
        keywords["title"] = variable.get("label")
    if not variable.get("includeAll") or "allValue" not in variable:
        keywords["every"] = False
    if not variable.get("multi"):
        keywords["multiple"] = False
    built = _rebuild_variable(variables.label_values(*arguments, **keywords))
    extra = {key: value for key, value in variable.items() if built.get(key) != value}
    if "sort" not in variable:
        extra["sort"] = 0
    if extra:
        keywords["extra"] = extra
        built = _rebuild_variable(variables.label_values(*arguments, **keywords))
    if built != variable or len(extra) > MAX_EXTRA_FIELDS:
        return _build_query_variable(variable, None)
    codes = tuple((keyword, build_code(value)) for keyword, value in keywords.items())
    return Call("variables.label_values", tuple(map(Literal, arguments)), codes)


def _rebuild_variable(variable: JsonObject) -> JsonObject:
    entries: list[JsonObject] = _rebuild(variables=[variable])["templating"]["list"]
    return next((entry for entry in entries if entry.get("name") == variable["name"]), {})


def _build_query_variable(variable: JsonObject, data_source: JsonObject | None) -> Code:
    """The JSON of a variable; the data source is that of the dashboard where none is said."""
    fields = dict(variable)
    is_promql = fields.get("datasource") == PROMETHEUS and str(fields.get("query")).startswith(
        VARIABLE_FUNCTIONS
    )
    is_default = is_promql
    if data_source is not None:
        is_default = fields.get("type") == "query" and fields.get("datasource") == data_source
    if is_default:
        del fields["datasource"]
    return build_code({name: fields[name] for name in sorted(fields, key=_rank_field)})


def _rank_field(name: str) -> tuple[int, str]:
    """What one looks for first: the name, the kind, the query."""
    order = ("name", "label", "type", "query")
    return (order.index(name) if name in order else len(order)), name


def _build_annotation(annotation: JsonObject) -> Code:
    target = annotation.get("target")
    tags = target.get("tags") if isinstance(target, dict) else None
    if isinstance(tags, list) and len(tags) == 1 and isinstance(tags[0], str):
        arguments = () if tags == ["deploy"] else (tags[0],)
        built = annotations.deployments(*arguments)
        if _rebuild(annotations=[built])["annotations"]["list"] == [annotation]:
            return Call("annotations.deployments", tuple(map(Literal, arguments)))
    return build_code(annotation)


def _build_link(link: JsonObject) -> Code:
    title, tags = link.get("title"), link.get("tags")
    url = link.get("url")
    candidates: list[tuple[str, Callable[..., Any], tuple[str, str]]] = []
    if isinstance(title, str) and isinstance(tags, list) and len(tags) == 1:
        candidates.append(("links.tag_menu", links.tag_menu, (title, str(tags[0]))))
    if isinstance(title, str) and isinstance(url, str) and url.startswith("/d/"):
        candidates.append(("links.dashboard", links.dashboard, (title, url.removeprefix("/d/"))))
    for name, build, arguments in candidates:
        if _rebuild(links=[build(*arguments)]).get("links") == [link]:
            return Call(name, tuple(map(Literal, arguments)))
    return build_code(link)


def _rebuild(**parts: Any) -> Document:
    """The canonical form of a dashboard that has nothing but these parts."""
    return build_canonical(build_document(Dashboard("x", **parts)))
