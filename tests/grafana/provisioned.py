"""Dashboards that come from files: one that the files lock, one that people may edit."""

import json
from pathlib import Path
from typing import Any

from .exchange import Step
from .memory import MemoryGrafana
from .real import RealGrafana
from .scenarios import DASHBOARDS, FOLDERS, get, patch, read, resource, save, spec

SCENARIO = "provisioned"
FOLDER, LOCKED, OPEN = "files-folder", "locked", "open"
BY = "access-policy:service"
TITLE = {LOCKED: "Locked", OPEN: "Open"}
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
    get(f"{DASHBOARDS}/{LOCKED}"),
    read(LOCKED),
    get(f"{FOLDERS}/{FOLDER}"),
    save(LOCKED, "Mine", dashboard={"version": 9}),
    save(LOCKED, "Mine", dashboard={"version": 1}),
    save(LOCKED, "Mine", overwrite=True),
    Step("DELETE", f"/api/dashboards/uid/{LOCKED}"),
    Step("DELETE", f"{DASHBOARDS}/{LOCKED}"),
    patch(f"{DASHBOARDS}/{LOCKED}", {"spec": {"title": "Patched"}}),
    Step("DELETE", f"{DASHBOARDS}/{LOCKED}"),
    get(f"{DASHBOARDS}/{OPEN}"),
    read(OPEN),
    save(OPEN, "Mine", overwrite=True),
    get(f"{DASHBOARDS}/{OPEN}"),
    Step("DELETE", f"{DASHBOARDS}/{OPEN}"),
    Step("PUT", f"{DASHBOARDS}/{LOCKED}", resource(LOCKED, spec("Taken"))),
    get(f"{DASHBOARDS}/{LOCKED}"),
]


def write_files(folder: Path) -> None:
    """Lay out what Grafana's provisioning folder holds."""
    (folder / "dashboards").mkdir(parents=True)
    (folder / "dashboards" / "files.yaml").write_text(PROVIDERS % {"root": folder})
    for uid in (LOCKED, OPEN):
        (folder / uid).mkdir()
        (folder / uid / f"{uid}.json").write_text(json.dumps(_document(uid)))


def is_there(server: RealGrafana) -> bool:
    """Whether a real server has read the files."""
    return all(server.ask("GET", f"/api/dashboards/uid/{uid}").ok for uid in (LOCKED, OPEN))


def provision(memory: MemoryGrafana) -> None:
    """Bring a Grafana in memory into the same state."""
    manager = {
        "grafana.app/managedBy": "classic-file-provisioning",
        "grafana.app/managerId": LOCKED,
    }
    memory.add_folder(FOLDER, {"title": "Files", "description": ""}, annotations=manager, by=BY)
    memory.provision(LOCKED, _document(LOCKED), folder=FOLDER, provider=LOCKED)
    memory.provision(OPEN, _document(OPEN), provider=OPEN, allows_edits=True)


def _document(uid: str) -> dict[str, Any]:
    return spec(TITLE[uid], uid=uid)
