"""One request and its answer, played against any Grafana and compared without what changes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import requests

TIMEOUT = (5, 60)
HTML = "text/html"

IGNORED_FIELDS = frozenset(
    """managedFields annotationsPermissions serverAddressByClientCIDRs traceID extra
    canSave canEdit canAdmin canStar canDelete hasAcl expires isStarred sortMeta isDeleted
    avatarUrl address typeLogoUrl typeName access user database basicAuth basicAuthUser
    withCredentials secureJsonFields readOnly createdBy updatedBy commit orgId uri""".split()
)
VOLATILE_FIELDS = frozenset(
    """resourceVersion creationTimestamp id dashboardId folderId continue continueToken created
    updated accessErrorId grafana.app/deprecatedInternalID
    grafana.app/sourceTimestamp grafana.app/updatedTimestamp""".split()
)
RANDOM_PATTERNS = (
    (re.compile(r"\b(user|service-account):\w+"), r"\1:<uid>"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<uuid>"),
    (re.compile(r'"none-[0-9a-f]+"'), '"none"'),
    (re.compile(r"\b\d{16}\b"), "<number>"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "<checksum>"),
    (re.compile(r"/\S*/provisioning/"), "<provisioning>/"),
)
GROUPS = ("dashboard.grafana.app", "folder.grafana.app")


@dataclass(frozen=True)
class Step:
    """A request of a scenario.

    `keep` names values of the answer (dotted paths) that later steps use as `${name}`;
    `only` the top-level keys of a long answer that matter.
    """

    method: str
    path: str
    body: Any = None
    who: str = "admin"
    headers: Mapping[str, str] = field(default_factory=dict)
    keep: Mapping[str, str] = field(default_factory=dict)
    only: Sequence[str] = ()


@dataclass(frozen=True)
class Answer:
    """What is compared of a response: the body only of JSON."""

    status: int
    content_type: str
    location: str | None
    body: Any


class GrafanaServer(Protocol):
    """A Grafana that scenarios are played against."""

    url: str

    def build_credentials(self, user: str) -> Mapping[str, str]:
        """The headers that identify admin, editor, viewer, none, nobody, stranger, mistyped."""
        ...


def play_steps(target: GrafanaServer, steps: Sequence[Step]) -> list[Answer]:
    """Send the steps one after the other."""
    captured_values: dict[str, str] = {}
    with requests.Session() as session:
        session.trust_env = False
        return [_send_step(session, target, step, captured_values) for step in steps]


def _send_step(
    session: requests.Session, target: GrafanaServer, step: Step, captured_values: dict[str, str]
) -> Answer:
    response = session.request(
        step.method,
        target.url + fill_placeholders(step.path, captured_values),
        json=fill_placeholders(step.body, captured_values),
        headers={**target.build_credentials(step.who), **step.headers},
        allow_redirects=False,
        timeout=TIMEOUT,
    )
    content_type = response.headers.get("Content-Type", "").split(";")[0]
    body = response.json() if content_type == "application/json" else None
    for name, path in step.keep.items():
        captured_values[name] = str(_find_value(body, path))
    if step.only and isinstance(body, dict):
        body = {key: value for key, value in body.items() if key in step.only}
    location = response.headers.get("Location")
    return Answer(response.status_code, content_type, location, normalize_value(body))


def fill_placeholders(value: Any, captured_values: Mapping[str, str]) -> Any:
    """The value with each `${name}` replaced by what was kept."""
    if isinstance(value, str):
        for name, text in captured_values.items():
            value = value.replace(f"${{{name}}}", text)
        return value
    if isinstance(value, dict):
        return {key: fill_placeholders(child, captured_values) for key, child in value.items()}
    if isinstance(value, list):
        return [fill_placeholders(child, captured_values) for child in value]
    return value


def normalize_value(value: Any) -> Any:
    """The value with placeholders for what differs at each run."""
    if isinstance(value, dict):
        return {
            key: _mask_value(key, child) if key in VOLATILE_FIELDS else normalize_value(child)
            for key, child in sorted(value.items())
            if key not in IGNORED_FIELDS
        }
    if isinstance(value, list):
        return [normalize_value(child) for child in value if not _is_other_group(child)]
    if isinstance(value, str):
        for pattern, text in RANDOM_PATTERNS:
            value = pattern.sub(text, value)
    return value


def _mask_value(key: str, value: Any) -> Any:
    """Numbers of panels stay: only what a database or a clock made is replaced."""
    if key == "id" and isinstance(value, int) and value < 10**9:
        return value
    return f"<{key}>" if value else value


def _is_other_group(value: Any) -> bool:
    """Discovery lists groups that no publisher asks for."""
    return isinstance(value, dict) and "preferredVersion" in value and value["name"] not in GROUPS


def _find_value(body: Any, path: str) -> Any:
    for key in path.split("."):
        body = body[int(key)] if isinstance(body, list) else body[key]
    return body
