"""The documents of schema v2 in the sources of Grafana, where these are on this machine.

`GRAFANA_SOURCE` names a checkout: https://github.com/grafana/grafana at v12.4.0.
"""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.dashboards.uid import MAX_UID_LENGTH

Json = dict[str, Any]

FOLDERS = (
    "apps/dashboard/pkg/migration/conversion/testdata",
    "conf/provisioning/sample",
    "devenv/dev-dashboards",
    "e2e-playwright/dashboards",
    "public/app/features/dashboard-scene/serialization/testfiles",
)
MAX_SIZE = 2_000_000
CONVERSION_RESULT = re.compile(r"output|migrated_dashboards|\.v42\.")
"""What is in the path of a document that Grafana's converter wrote from one of schema v1."""


@cache
def list_wild_resources(*, is_native: bool = False) -> tuple[Json, ...]:
    """The resources with a name that Grafana accepts: its converter's tests have others.

    With `is_native` only those that somebody wrote in schema v2.
    """
    source = os.environ.get("GRAFANA_SOURCE", "")
    resources: list[Json] = []
    for folder in FOLDERS if source else ():
        for path in sorted(Path(source, folder).rglob("*.json")):
            if is_native and CONVERSION_RESULT.search(str(path.relative_to(source))):
                continue
            content: Any = json.loads(path.read_bytes()) if path.stat().st_size < MAX_SIZE else None
            spec = content.get("spec", content) if isinstance(content, dict) else None
            if isinstance(spec, dict) and "title" in spec and is_v2_document(spec):
                resources.append(_rename(content, path.stem, len(resources)))
    return tuple(resources)


def _rename(content: Json, name: str, index: int) -> Json:
    letters = "".join(letter if letter.isalnum() else "-" for letter in f"{index}-{name}")
    uid = letters[:MAX_UID_LENGTH]
    if "spec" not in content:
        return {
            "apiVersion": "dashboard.grafana.app/v2beta1",
            "kind": "Dashboard",
            "metadata": {"name": uid},
            "spec": content,
        }
    return {
        "apiVersion": content["apiVersion"],
        "kind": "Dashboard",
        "metadata": {"name": uid},
        "spec": content["spec"],
    }
