"""Reading dashboards of Grafana's newer API in the version of the schema that they are stored in.

`publish/grafana/clients/stored_version.py` says why one read does not always tell which version
that is.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tailboard.publish.grafana.api import (
    ConflictError,
    DashboardVersion,
    Document,
    LiveDashboard,
    RefusedError,
    SchemaVersions,
)
from tailboard.publish.grafana.clients.resource import parse_dashboard, parse_version
from tailboard.publish.grafana.clients.resource_list import fetch_items
from tailboard.publish.grafana.clients.responses import check_uid, parse_response
from tailboard.publish.grafana.clients.stored_version import (
    Conversion,
    find_next_version,
    find_stored_version,
    is_v1_version,
    is_v2_version,
    read_conversion,
)
from tailboard.publish.http.connection import Connection

HISTORY_LABEL = "grafana.app/get-history=true"
MAX_ATTEMPTS = 3


@dataclass(frozen=True)
class DashboardRead:
    """A dashboard as one version of the API shows it, and what was converted for that."""

    live: LiveDashboard
    conversion: Conversion


@dataclass(frozen=True)
class VersionRead:
    """A version of a dashboard's history as one version of the API shows it."""

    version: DashboardVersion
    conversion: Conversion


def build_path(group: str, version: str, namespace: str, kind: str) -> str:
    """The path of the resources of a kind."""
    return f"/apis/{group}/{version}/namespaces/{quote(namespace, safe='')}/{kind}"


def join_path(path: str, name: str) -> str:
    """The path of one resource."""
    return f"{path}/{quote(name, safe='')}"


def parse_read(item: Mapping[str, Any]) -> DashboardRead:
    """A dashboard of a list or of an answer; raises what `SHAPE_ERRORS` names."""
    return DashboardRead(parse_dashboard(item), read_conversion(item))


class DashboardReader:
    """Dashboards of one organisation, each in the schema that it is stored in."""

    def __init__(self, connection: Connection, namespace: str, versions: SchemaVersions) -> None:
        self._connection = connection
        self._namespace = namespace
        self._versions = versions

    def build_dashboards_path(self, version: str) -> str:
        """Where the dashboards of this organisation are in a version of the API."""
        return build_path("dashboard.grafana.app", version, self._namespace, "dashboards")

    def fetch_dashboard(self, uid: str) -> LiveDashboard | None:
        """The dashboard of this uid, in the schema that it is stored in."""
        first_read = self._fetch_read(uid, self._versions.v1)
        return self.fetch_stored_form(first_read) if first_read else None

    def fetch_stored_form(self, first_read: DashboardRead) -> LiveDashboard | None:
        """A dashboard that was read in schema v1, in the schema that it is stored in.

        Raises `ConflictError` where somebody keeps saving it meanwhile.
        """
        uid = first_read.live.uid
        for _ in range(MAX_ATTEMPTS):
            reads = {self._versions.v1: first_read}
            while version := self._find_version_to_read(reads):
                further_read = self._fetch_read(uid, version)
                if further_read is None:
                    return None
                if further_read.live.resource_version != first_read.live.resource_version:
                    break
                reads[version] = further_read
            else:
                return self._select_stored_form(reads)
            next_read = self._fetch_read(uid, self._versions.v1)
            if next_read is None:
                return None
            first_read = next_read
        raise _build_change_error(uid)

    def fetch_document(self, live: LiveDashboard, version: str) -> Document:
        """The document of a stored dashboard as the server converts it to another version."""
        converted_read = self._fetch_read(live.uid, version)
        if converted_read is None or converted_read.live.resource_version != live.resource_version:
            raise _build_change_error(live.uid)
        if error := converted_read.conversion.error:
            raise RefusedError(
                f"reading the dashboard {live.uid} in {version}: Grafana cannot convert it: {error}"
            )
        return converted_read.live.document

    def fetch_versions(self, uid: str, version: str = "") -> Iterator[DashboardVersion]:
        """The history of a dashboard, in the stored schemas or converted to one version."""
        first_version = version or self._versions.v1
        lists = {first_version: self._fetch_version_reads(uid, first_version)}
        if version:
            yield from (read.version for read in lists[version].values())
            return
        for name, first_read in lists[first_version].items():
            reads = {first_version: first_read}
            while further_version := self._find_version_to_read(reads):
                if further_version not in lists:
                    lists[further_version] = self._fetch_version_reads(uid, further_version)
                if name not in lists[further_version]:  # the server has forgotten it meanwhile
                    break
                reads[further_version] = lists[further_version][name]
            stored_version = self._find_stored_version(reads) or first_version
            read = reads.get(stored_version, first_read)
            error = "" if is_v2_version(stored_version) else _find_v1_error(read)
            yield dataclasses.replace(read.version, conversion_error=error)

    def _fetch_read(self, uid: str, version: str) -> DashboardRead | None:
        response = self._connection.request(
            "GET", join_path(self.build_dashboards_path(version), uid)
        )
        if response.status == 404:
            return None

        def parse_body(body: Any) -> DashboardRead:
            read = parse_read(body)
            check_uid(read.live, uid)
            return read

        return parse_response(response, f"reading the dashboard {uid}", parse_body)

    def _fetch_version_reads(self, uid: str, version: str) -> dict[str, VersionRead]:
        """The history in a version of the API, by what names each of its entries."""
        params = {"labelSelector": HISTORY_LABEL, "fieldSelector": f"metadata.name={uid}"}

        def parse_item(item: Mapping[str, Any]) -> tuple[str, VersionRead]:
            metadata = item["metadata"]
            name = str(metadata.get("resourceVersion") or metadata.get("generation"))
            conversion = read_conversion(item)
            parsed_version = dataclasses.replace(
                parse_version(item), conversion_error=conversion.error
            )
            return name, VersionRead(parsed_version, conversion)

        path = self.build_dashboards_path(version)
        return dict(fetch_items(self._connection, path, params, parse_item))

    def _find_version_to_read(
        self, reads: Mapping[str, DashboardRead] | Mapping[str, VersionRead]
    ) -> str:
        """In which version to read next, to know the stored one and to have its document."""
        stored_version = self._find_stored_version(reads)
        if not stored_version:
            return find_next_version(_list_reports(reads), self._versions.offered)
        is_readable_v2 = is_v2_version(stored_version) and stored_version in self._versions.offered
        return stored_version if is_readable_v2 and stored_version not in reads else ""

    def _find_stored_version(
        self, reads: Mapping[str, DashboardRead] | Mapping[str, VersionRead]
    ) -> str:
        return find_stored_version(_list_reports(reads))

    def _select_stored_form(self, reads: Mapping[str, DashboardRead]) -> LiveDashboard:
        v1_read = reads[self._versions.v1]
        stored_version = self._find_stored_version(reads) or v1_read.conversion.stored_version
        live, error = v1_read.live, v1_read.conversion.error
        problem = ""
        if is_v1_version(stored_version):
            error = _find_v1_error(v1_read)
            problem = f"Grafana cannot read it in {self._versions.v1}: {error}" if error else ""
        elif not is_v2_version(stored_version):
            problem = (
                f"stored in schema {stored_version}, which this version of tailboard does not know"
            )
        elif stored_version in reads:
            live = reads[stored_version].live
        else:
            problem = f"stored in schema {stored_version}, which this Grafana does not offer"
        return dataclasses.replace(
            live,
            block_reason=live.block_reason or problem,
            read_problem=problem,
            stored_version=stored_version,
            conversion_error=error,
        )


def _list_reports(
    reads: Mapping[str, DashboardRead] | Mapping[str, VersionRead],
) -> dict[str, str]:
    return {version: read.conversion.stored_version for version, read in reads.items()}


def _find_v1_error(read: DashboardRead | VersionRead) -> str:
    """Why something stored in schema v1 cannot be shown.

    An error about a conversion from schema v2 is one of an earlier version.
    """
    is_outdated = is_v2_version(read.conversion.stored_version)
    return "" if is_outdated else read.conversion.error


def _build_change_error(uid: str) -> ConflictError:
    return ConflictError(
        f"reading the dashboard {uid}: it was changed meanwhile", tip="run the command again."
    )
