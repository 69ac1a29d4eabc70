"""The API for rule groups that Cortex began, and that Mimir, Loki and Grafana Cloud have too.

https://grafana.com/docs/mimir/latest/references/http-api/#ruler
https://cortexmetrics.io/docs/api/#ruler
https://grafana.com/docs/loki/latest/reference/loki-http-api/#ruler-api-endpoints
"""

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tailboard.publish.errors import NotAllowedError, ServerError, TailboardError
from tailboard.publish.http.connection import Connection, Response
from tailboard.publish.rulers.rule_group import JsonObject, RuleGroup, parse_group
from tailboard.publish.rulers.ruler import (
    HEALTHY,
    ForbiddenError,
    GroupStatuses,
    RefusedError,
    RuleStatus,
)
from tailboard.publish.rulers.servers.yaml_reader import render_plain_yaml

NOT_FOUND = 404
YAML_TYPE = {"Accept": "application/yaml", "Content-Type": "application/yaml"}
NO_GROUPS = "no rule groups found"
"""What these servers say with 404 of a namespace without groups."""

TENANT_TIP = (
    "name the tenant, --rules-tenant or RULER_TENANT, or set a token that is valid for this "
    "server; see --help for the variables."
)
SUB_PATH_PATTERN = re.compile(r"/(?:prometheus|api/prom|loki|api/v1)$")
"""What addresses for queries end with, and those of rulers do not."""

LIMITS = {
    re.compile(r"rules per rule group limit|max_rules_per_(?:rule_)?group", re.IGNORECASE): (
        "ruler_max_rules_per_rule_group",
        "the group has more rules than the server allows: raise the limit for this tenant, or "
        "declare fewer objectives for the service.",
    ),
    re.compile(r"rule groups limit|max_rule_groups_per_user", re.IGNORECASE): (
        "ruler_max_rule_groups_per_tenant",
        "the tenant has as many groups as the server allows: raise the limit, or --prune.",
    ),
}
"""What rulers say of a limit, the setting that it comes from, and what to do about it."""


@dataclass(frozen=True)
class RulerPaths:
    """Where a kind of server has its rules, and what it has loaded of them."""

    label: str
    rules: str
    statuses: str = "/prometheus/api/v1/rules"


MIMIR = RulerPaths("Mimir", "/prometheus/config/v1/rules")
CORTEX = RulerPaths("Cortex", "/api/v1/rules")
LOKI = RulerPaths("Loki", "/loki/api/v1/rules")


class RulerApi:
    """A namespace of a tenant; the connection reads YAML, and carries the header of the tenant."""

    max_concurrency = 8
    notes: Sequence[str] = ()
    is_new_namespace = False
    has_proof = False

    def __init__(
        self,
        connection: Connection,
        paths: RulerPaths,
        namespace: str,
        *,
        has_tenant: bool = True,
    ) -> None:
        self._connection = connection
        self._has_tenant = has_tenant
        self._paths = paths
        self.label = paths.label
        self.address = connection.address
        self.namespace = namespace

    def build_stored_form(self, content: JsonObject) -> JsonObject:
        """The group itself: these servers store what they get."""
        return content

    def fetch_groups(self) -> dict[str, RuleGroup]:
        """The groups of the namespace; a server answers 404 where there are none."""
        action = f"listing the rules of {self.namespace!r}"
        response = self._send("GET", self._build_path())
        if response.status == NOT_FOUND:
            self._check_missing_namespace(response, action)
            self._note_missing_namespace()
            return {}
        validate_response(response, action, self.label)
        with translate_shape_errors(action):
            groups = [parse_group(group) for group in self._list_groups(response.body)]
            return {group.name: group for group in groups}

    def fetch_group(self, name: str) -> RuleGroup | None:
        """One group in its stored form."""
        action = f"reading the rule group {name!r}"
        response = self._send("GET", self._build_path(name))
        if response.status == NOT_FOUND:
            return None
        validate_response(response, action, self.label)
        with translate_shape_errors(action):
            group = parse_group(response.body)
            if group.name != name:
                raise ValueError("another group")
            return group

    def write_group(self, group: RuleGroup, message: str) -> None:
        """Create or replace a group; the server stores it, and loads it a while later."""
        response = self._send(
            "POST",
            self._build_path(),
            render_plain_yaml(group.content),
            self._build_write_headers(message),
        )
        validate_response(response, f"writing the rule group {group.name!r}", self.label)

    def delete_group(self, name: str) -> None:
        """Delete a group."""
        response = self._send("DELETE", self._build_path(name))
        if response.status != NOT_FOUND:
            validate_response(response, f"deleting the rule group {name!r}", self.label)

    def commit(self) -> None:
        """Nothing: every request is complete by itself."""

    def delete_empty_namespace(self) -> None:
        """Nothing: an empty namespace is none."""

    def put_back(self) -> bool:
        """Nothing: `rollback` does it."""
        return False

    def fetch_statuses(self) -> GroupStatuses | None:
        """The rules that the server evaluates, those of all its replicas."""
        response = self._send("GET", self._paths.statuses, params=self._build_status_parameters())
        if not response.ok:
            return None
        with translate_shape_errors("reading the state of rules"):
            return parse_statuses(response.body, lambda file: file == self.namespace)

    @property
    def credential_notes(self) -> Sequence[str]:
        """Warnings about the files that hold the credentials."""
        return self._connection.credentials.notes

    def close(self) -> None:
        """Give the connections back."""
        self._connection.close()

    def _build_path(self, *names: str) -> str:
        """The path of the namespace, or of a group in it: each name is one segment."""
        segments = [quote_segment(name) for name in (self.namespace, *names)]
        return "/".join([self._paths.rules, *segments])

    def _build_headers(self) -> Mapping[str, str]:
        return YAML_TYPE

    def _build_write_headers(self, _message: str) -> Mapping[str, str]:
        return self._build_headers()

    def _build_status_parameters(self) -> Mapping[str, str]:
        return {}

    def _list_groups(self, body: Any) -> list[Any]:
        """The groups of a list by namespace; other namespaces do not exist for us."""
        if body is None:
            return []
        groups = body.get(self.namespace)
        if groups is not None and not isinstance(groups, list):
            raise TypeError("groups that are no list")
        return groups or []

    def _note_missing_namespace(self) -> None:
        """Nothing: an empty namespace is none."""

    def _check_missing_namespace(self, response: Response, action: str) -> None:
        """Tell a namespace without groups from an address without a ruler."""
        message = response.message.lower()
        if NO_GROUPS in message:
            return
        is_other_path = "page not found" in message or message == f"status {NOT_FOUND}"
        if not is_other_path and self._send("GET", self._paths.statuses).ok:
            return
        tip = f"look at --rules-url, and whether it is a {self.label} with its ruler's API enabled."
        if sub_path := SUB_PATH_PATTERN.search(self.address):
            tip = f"leave {sub_path[0]} out of --rules-url."
        raise ServerError(
            f"{action}: {self.address} has no {self._paths.rules} (404)",
            tip=tip,
            status=NOT_FOUND,
        )

    def _send(
        self,
        method: str,
        path: str,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Response:
        try:
            return self._connection.request(
                method, path, data=data, headers=headers or self._build_headers(), params=params
            )
        except NotAllowedError as error:
            if self._has_tenant:
                raise
            raise NotAllowedError(error.problem, tip=TENANT_TIP) from error


def quote_segment(name: str) -> str:
    """A name as one segment of a path, whatever characters it has.

    Raises `TailboardError` for a name that every client would take for another path.
    """
    if name in {"", ".", ".."}:
        raise TailboardError(
            f"{name!r} cannot be the name of a namespace or rule group in an address",
            tip="give it another name: --rules-namespace, or the name of the service.",
        )
    return quote(name, safe="")


def validate_response(response: Response, action: str, label: str) -> None:
    """Raise what the status of an answer says, where the server did not do it."""
    if response.ok:
        return
    status, reason = response.status, response.message
    if status == 403:
        raise ForbiddenError(
            f"{action} is not allowed (403): {reason}",
            tip="give the credentials the right to read and write rules of this tenant.",
        )
    for pattern, (limit_name, tip) in LIMITS.items():
        if pattern.search(reason):
            raise RefusedError(f"{action}: over the limit {limit_name}: {reason}", tip=tip)
    if status >= 500:
        raise ServerError(
            f"{action}: {label} fails ({status}): {reason}",
            tip="look into its log, and run the command again.",
            is_uncertain=True,
            status=status,
        )
    raise RefusedError(
        f"{action}: {label} refuses it ({status}): {reason}",
        tip="change what it names, and run the command again.",
    )


@contextlib.contextmanager
def translate_shape_errors(action: str) -> Iterator[None]:
    """Turn errors about the shape of an answer into a `ServerError`."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise ServerError(
            f"{action}: the answer is not of the form that a ruler's API has",
            tip="look at the address: another server answers there.",
        ) from error


def parse_statuses(body: Any, is_selected: Callable[[str], bool]) -> GroupStatuses:
    """The loaded rules of a namespace, which the servers call `file`.

    https://prometheus.io/docs/prometheus/latest/querying/api/#rules
    """
    groups: dict[str, tuple[RuleStatus, ...]] = {}
    for group in body["data"]["groups"] or []:
        if is_selected(str(group.get("file") or "")):
            groups[str(group["name"])] = tuple(
                RuleStatus(
                    str(rule["name"]),
                    str(rule.get("query") or ""),
                    _read_health(rule),
                    str(rule.get("lastError") or ""),
                    _is_paused(rule) or _is_evaluated(str(rule.get("lastEvaluation") or "")),
                )
                for rule in group["rules"] or []
            )
    return groups


def _read_health(rule: Mapping[str, Any]) -> str:
    """Grafana calls a rule whose query has no result `nodata`: for Prometheus all is well."""
    health = str(rule.get("health") or "unknown")
    if _is_paused(rule):
        return HEALTHY
    return {"nodata": HEALTHY, "error": "err"}.get(health, health)


def _is_paused(rule: Mapping[str, Any]) -> bool:
    """Whether somebody paused a rule in Grafana, which does not evaluate it then."""
    return rule.get("isPaused") in {True, "true"}


def _is_evaluated(time: str) -> bool:
    """Whether there was an evaluation: Go writes the year 1 for never."""
    return bool(time) and not time.startswith("0001-")
