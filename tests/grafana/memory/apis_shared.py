"""What dashboards and folders have in common under /apis."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from tests.grafana.memory.answer import Answer, RefusalError, build_status_error
from tests.grafana.memory.request import Request
from tests.grafana.memory.store import INTERNAL_ID, SERVER_ANNOTATIONS, Item, Store

Metadata = dict[str, Any]
Render = Callable[[Item], dict[str, Any]]

MAX_PAGE_BYTES = 2 * 1024 * 1024
"""How much Grafana 12.4 stores of a page of a list at least before it ends, unless configured."""


def build_not_found_error(group: str, kind: str, name: str) -> RefusalError:
    """No such thing."""
    details = {"name": name, "group": group, "kind": kind}
    return build_status_error(404, f'{kind}.{group} "{name}" not found', "NotFound", details)


def build_conflict_error(group: str, kind: str, name: str) -> RefusalError:
    """Somebody was faster."""
    text = (
        f'Operation cannot be fulfilled on {kind}.{group} "{name}": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )
    return build_status_error(409, text, "Conflict", {"name": name, "group": group, "kind": kind})


def check_lock(item: Item, metadata: Metadata, group: str, kind: str) -> None:
    """Refuse a resource version that is not the present one; none at all is accepted."""
    version = metadata.get("resourceVersion")
    if version and version != str(item.resource_version):
        raise build_conflict_error(group, kind, item.name)


def check_no_version(metadata: Metadata) -> None:
    """A new object has no resource version yet."""
    if metadata.get("resourceVersion"):
        raise build_status_error(500, "resourceVersion should not be set on objects to be created")


def check_name(request: Request, metadata: Metadata) -> None:
    """The name of the address and that of the object are one."""
    name, metadata_name = request.values[-1], metadata.get("name")
    if metadata_name and metadata_name != name:
        text = (
            f"the name of the object ({metadata_name}) does not match the name on the URL ({name})"
        )
        raise build_status_error(400, text, "BadRequest")


def read_labels(metadata: Metadata) -> dict[str, str]:
    """The labels that a client may set."""
    labels = metadata.get("labels") or {}
    return {key: value for key, value in labels.items() if key != INTERNAL_ID}


def read_annotations(metadata: Metadata) -> dict[str, str]:
    """The annotations that a client may set."""
    annotations = metadata.get("annotations") or {}
    return {key: value for key, value in annotations.items() if key not in SERVER_ANNOTATIONS}


def strip_version(resource: dict[str, Any]) -> dict[str, Any]:
    """What Grafana answers when there was nothing to store."""
    del resource["metadata"]["resourceVersion"]
    return resource


def merge_patch(base: Any, change: Any) -> Any:
    """A JSON merge patch."""
    if not isinstance(change, dict):
        return change
    result = dict(base) if isinstance(base, dict) else {}
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result


def render_list(
    request: Request, store: Store, items: Sequence[Item], kind: str, render: Render
) -> Answer:
    """A page of a list: labels are looked at after the page was cut, as Grafana does."""
    start = _parse_offset(request.read_parameter("continue"))
    end = _find_page_end(items, start, request.read_number("limit", 0))
    group_version = request.path.split("/namespaces/")[0].removeprefix("/apis/")
    metadata = {"resourceVersion": str(store.next_resource_version())}
    if end < len(items):
        token = json.dumps(
            {"o": end, "v": store.next_resource_version(), "s": False}, separators=(",", ":")
        )
        metadata["continue"] = base64.b64encode(token.encode()).decode()
    selected_labels = _parse_selector(request.read_parameter("labelSelector"))
    page = [item for item in items[start:end] if _is_selected(item, selected_labels)]
    body = {"kind": f"{kind}List", "apiVersion": group_version, "metadata": metadata}
    return Answer(200, {**body, "items": [render(item) for item in page]})


def _find_page_end(items: Sequence[Item], start: int, limit: int) -> int:
    """Behind the item that makes a page full: the last of `limit`, or one that fills its bytes."""
    end = min(start + limit, len(items)) if limit else len(items)
    page_bytes = 0
    for index in range(start, end):
        page_bytes += len(orjson.dumps(items[index].spec))
        if page_bytes >= MAX_PAGE_BYTES:
            return index + 1
    return end


def filter_by_name(request: Request, items: Sequence[Item]) -> list[Item]:
    """Those that the field selector asks for."""
    selector = request.read_parameter("fieldSelector")
    name = selector.removeprefix("metadata.name=")
    return [item for item in items if not selector or item.name == name]


def _parse_selector(selector: str) -> Mapping[str, str | None]:
    """The labels that are asked for; None where any value will do."""
    parts = (part.partition("=") for part in selector.split(",") if part)
    return {name: value if equals else None for name, equals, value in parts}


def _is_selected(item: Item, selector: Mapping[str, str | None]) -> bool:
    return all(
        name in item.labels and value in {None, item.labels[name]}
        for name, value in selector.items()
    )


def _parse_offset(token: str) -> int:
    if not token:
        return 0
    try:
        return int(json.loads(base64.b64decode(token, validate=True))["o"])
    except (ValueError, binascii.Error):
        text = f'get continue token ("{token}"): error decoding continue token'
        raise build_status_error(500, text) from None
