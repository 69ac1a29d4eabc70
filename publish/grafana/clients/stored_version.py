"""The version of the schema that a dashboard is stored in, as its resource reports it.

Grafana converts a dashboard on reading, and reports in `status.conversion.storedVersion` what it
converted from. Where it did not have to convert, it shows the status that was stored with the
dashboard, and that is the one of an earlier version: Grafana 12.4 answers a read of v1beta1 with
`v2beta1` after a browser saved in v2 and somebody wrote v1beta1 since. So a report is certain
only where the read version is not the stored one, and two reads may contradict each other.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tailboard.publish.grafana.clients.responses import read_object

V1_VERSIONS = ("v1", "v1beta1")
"""The versions whose documents have `panels`, newest first: what is written in schema v1."""

OLDEST_VERSION = "v0alpha1"
"""What the classic API stores: a document of schema v1 of any age."""

V2_PATTERN = re.compile(r"v2((alpha|beta)[0-9]+)?")
MAX_ERROR_LENGTH = 300


@dataclass(frozen=True)
class Conversion:
    """What a read reports: the version stored, empty if none; why converting failed, if it did."""

    stored_version: str = ""
    error: str = ""


def read_conversion(item: Mapping[str, Any]) -> Conversion:
    """What a resource reports of its conversion; raises what `SHAPE_ERRORS` names."""
    conversion = read_object(read_object(item.get("status") or {}).get("conversion") or {})
    stored_version = str(conversion.get("storedVersion") or "")
    if conversion.get("failed") is not True:
        return Conversion(stored_version)
    error = " ".join(str(conversion.get("error") or "no reason reported").split())
    return Conversion(stored_version, error[:MAX_ERROR_LENGTH])


def find_stored_version(reports: Mapping[str, str]) -> str:
    """The version stored, from what reads in several versions report; empty while uncertain.

    Of several versions of schema v1 any will do: what they store is the same to us.
    """
    candidates = sorted(
        candidate
        for candidate in {*reports, *reports.values()}
        if candidate
        and all(report == candidate for version, report in reports.items() if version != candidate)
    )
    is_certain = len(candidates) == 1 or all(map(is_v1_version, candidates))
    return candidates[-1] if candidates and is_certain else ""


def find_next_version(reports: Mapping[str, str], offered_versions: Sequence[str]) -> str:
    """The version to read next while the stored one is uncertain; empty if none is left.

    What is reported comes first, since its document is wanted if the report is true.
    """
    candidates = [*reports.values(), OLDEST_VERSION, *offered_versions]
    return next(
        (
            version
            for version in candidates
            if version in offered_versions and version not in reports
        ),
        "",
    )


def is_v1_version(version: str) -> bool:
    """Whether documents of this version are of schema v1."""
    return version in (*V1_VERSIONS, OLDEST_VERSION)


def is_v2_version(version: str) -> bool:
    """Whether documents of this version are of schema v2."""
    return V2_PATTERN.fullmatch(version) is not None
