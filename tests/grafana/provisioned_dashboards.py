"""Dashboards that come from files: one that the files lock, one that people may edit."""

import json
from pathlib import Path
from typing import Any

from tests.grafana.exchange import Step
from tests.grafana.memory import MemoryGrafana
from tests.grafana.real_grafana import RealGrafana
from tests.grafana.scenarios import (
    DASHBOARDS,
    FOLDERS,
    build_resource,
    build_spec,
    get_step,
    patch_step,
    read_step,
    save_step,
)

SCENARIO = "provisioned"
FOLDER, LOCKED, EDITABLE = "files-folder", "locked", "open"
BY = "access-policy:service"
TITLES = {LOCKED: "Locked", EDITABLE: "Open"}
PROVIDERS = """\
apiVersion: 1
providers:
  - name: locked
    folder: Files
    folderUid: files-folder
    options: {path: %(root)s/locked}
  - name: open
    allowUiUpdates: true
    options: {path: %(root)s/open}
"""
STEPS: list[Step] = [
    get_step(f"{DASHBOARDS}/{LOCKED}"),
    read_step(LOCKED),
    get_step(f"{FOLDERS}/{FOLDER}"),
    save_step(LOCKED, "Mine", dashboard={"version": 9}),
    save_step(LOCKED, "Mine", dashboard={"version": 1}),
    save_step(LOCKED, "Mine", overwrite=True),
    Step("DELETE", f"/api/dashboards/uid/{LOCKED}"),
    Step("DELETE", f"{DASHBOARDS}/{LOCKED}"),
    patch_step(f"{DASHBOARDS}/{LOCKED}", {"spec": {"title": "Patched"}}),
    Step("DELETE", f"{DASHBOARDS}/{LOCKED}"),
    get_step(f"{DASHBOARDS}/{EDITABLE}"),
    read_step(EDITABLE),
    save_step(EDITABLE, "Mine", overwrite=True),
    get_step(f"{DASHBOARDS}/{EDITABLE}"),
    Step("DELETE", f"{DASHBOARDS}/{EDITABLE}"),
    Step("PUT", f"{DASHBOARDS}/{LOCKED}", build_resource(LOCKED, build_spec("Taken"))),
    get_step(f"{DASHBOARDS}/{LOCKED}"),
]


def write_provisioning_files(folder: Path) -> None:
    """Lay out what Grafana's provisioning folder holds."""
    (folder / "dashboards").mkdir(parents=True)
    (folder / "dashboards" / "files.yaml").write_text(PROVIDERS % {"root": folder})
    for uid in (LOCKED, EDITABLE):
        (folder / uid).mkdir()
        (folder / uid / f"{uid}.json").write_text(json.dumps(_build_document(uid)))


def is_provisioned(server: RealGrafana) -> bool:
    """Whether a real server has read the files."""
    return all(
        server.send_request("GET", f"/api/dashboards/uid/{uid}").ok for uid in (LOCKED, EDITABLE)
    )


def provision_memory(memory_grafana: MemoryGrafana) -> None:
    """Bring a Grafana in memory into the same state."""
    manager = {
        "grafana.app/managedBy": "classic-file-provisioning",
        "grafana.app/managerId": LOCKED,
    }
    memory_grafana.add_folder(
        FOLDER, {"title": "Files", "description": ""}, annotations=manager, author=BY
    )
    memory_grafana.add_provisioned(LOCKED, _build_document(LOCKED), folder=FOLDER, provider=LOCKED)
    memory_grafana.add_provisioned(
        EDITABLE, _build_document(EDITABLE), provider=EDITABLE, allows_edits=True
    )


def _build_document(uid: str) -> dict[str, Any]:
    return build_spec(TITLES[uid], uid=uid)
