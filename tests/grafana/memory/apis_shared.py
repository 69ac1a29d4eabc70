"""What dashboards and folders have in common under /apis."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .answer import Answer, RefusalError, failure
from .request import Request
from .store import INTERNAL_ID, SERVERS_OWN, Item, Store

Metadata = dict[str, Any]
Render = Callable[[Item], dict[str, Any]]


def not_found(group: str, kind: str, name: str) -> RefusalError:
    """No such thing."""
    details = {"name": name, "group": group, "kind": kind}
    return failure(404, f'{kind}.{group} "{name}" not found', "NotFound", details)


def conflict(group: str, kind: str, name: str) -> RefusalError:
    """Somebody was faster."""
    text = (
        f'Operation cannot be fulfilled on {kind}.{group} "{name}": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )
    return failure(409, text, "Conflict", {"name": name, "group": group, "kind": kind})


def check_lock(item: Item, metadata: Metadata, group: str, kind: str) -> None:
    """Refuse a resource version that is not the present one; none at all is accepted."""
    sent = metadata.get("resourceVersion")
    if sent and sent != str(item.resource_version):
        raise conflict(group, kind, item.name)


def refuse_version_on_create(metadata: Metadata) -> None:
    """A new object has no resource version yet."""
    if metadata.get("resourceVersion"):
        raise failure(500, "resourceVersion should not be set on objects to be created")


def check_name(request: Request, metadata: Metadata) -> None:
    """The name of the address and that of the object are one."""
    name, sent = request.values[-1], metadata.get("name")
    if sent and sent != name:
        text = f"the name of the object ({sent}) does not match the name on the URL ({name})"
        raise failure(400, text, "BadRequest")


def labels_of(metadata: Metadata) -> dict[str, str]:
    """The labels that a client may set."""
    sent = metadata.get("labels") or {}
    return {key: value for key, value in sent.items() if key != INTERNAL_ID}


def annotations_of(metadata: Metadata) -> dict[str, str]:
    """The annotations that a client may set."""
    sent = metadata.get("annotations") or {}
    return {key: value for key, value in sent.items() if key not in SERVERS_OWN}


def without_version(resource: dict[str, Any]) -> dict[str, Any]:
    """What Grafana answers when there was nothing to store."""
    del resource["metadata"]["resourceVersion"]
    return resource


def merged(base: Any, change: Any) -> Any:
    """A JSON merge patch."""
    if not isinstance(change, dict):
        return change
    result = dict(base) if isinstance(base, dict) else {}
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def listing(
    request: Request, store: Store, items: Sequence[Item], kind: str, render: Render
) -> Answer:
    """A page of a list: labels are looked at after the page was cut, as Grafana does."""
    limit, start = request.number("limit", 0), _offset(request.one("continue"))
    end = start + limit if limit else len(items)
    group_version = request.path.split("/namespaces/")[0].removeprefix("/apis/")
    metadata = {"resourceVersion": str(store.tick())}
    if end < len(items):
        token = json.dumps({"o": end, "v": store.tick(), "s": False}, separators=(",", ":"))
        metadata["continue"] = base64.b64encode(token.encode()).decode()
    wanted = _selected(request.one("labelSelector"))
    page = [each for each in items[start:end] if _has(each, wanted)]
    body = {"kind": f"{kind}List", "apiVersion": group_version, "metadata": metadata}
    return Answer(200, {**body, "items": [render(each) for each in page]})


def named(request: Request, items: Sequence[Item]) -> list[Item]:
    """Those that the field selector asks for."""
    selector = request.one("fieldSelector")
    name = selector.removeprefix("metadata.name=")
    return [each for each in items if not selector or each.name == name]


def _selected(selector: str) -> Mapping[str, str | None]:
    """The labels that are asked for; None where any value will do."""
    parts = (part.partition("=") for part in selector.split(",") if part)
    return {name: value if equals else None for name, equals, value in parts}


def _has(item: Item, wanted: Mapping[str, str | None]) -> bool:
    return all(
        name in item.labels and value in {None, item.labels[name]} for name, value in wanted.items()
    )


def _offset(token: str) -> int:
    if not token:
        return 0
    try:
        return int(json.loads(base64.b64decode(token, validate=True))["o"])
    except (ValueError, binascii.Error):
        text = f'get continue token ("{token}"): error decoding continue token'
        raise failure(500, text) from None
