"""Which handler answers what."""

import re
from collections.abc import Callable

from . import apis_dashboards, apis_folders, classic_dashboards, classic_folders, surroundings
from .answer import Answer
from .request import Request
from .store import Store

Handler = Callable[[Request, Store], Answer]
DASHBOARDS = r"/apis/dashboard\.grafana\.app/(v1beta1|v0alpha1)/namespaces/default/dashboards"
FOLDERS = r"/apis/folder\.grafana\.app/(v1beta1)/namespaces/default/folders"
NAME = "/([^/]+)"
TABLE: list[tuple[str, str, Handler]] = [
    ("GET", "/api/health", surroundings.health),
    ("GET", "/api/org", surroundings.org),
    ("GET", "/api/frontend/settings", surroundings.settings),
    ("GET", "/api/search", surroundings.search),
    ("GET", "/api/datasources", surroundings.data_sources),
    ("POST", "/api/datasources", surroundings.add_source),
    ("GET", f"/api/datasources/uid{NAME}", surroundings.data_source),
    ("DELETE", f"/api/datasources/uid{NAME}", surroundings.delete_source),
    ("GET", f"/api/datasources/uid{NAME}/health", surroundings.source_health),
    ("POST", "/api/v1/provisioning/alert-rules", surroundings.add_rule),
    ("GET", f"/api/ruler/grafana/api/v1/rules{NAME}", surroundings.rules),
    ("POST", "/api/library-elements", surroundings.add_library_panel),
    ("GET", "/api/library-elements", surroundings.library_panels),
    ("POST", "/api/dashboards/db/?", classic_dashboards.save),
    ("GET", f"/api/dashboards/uid{NAME}", classic_dashboards.fetch),
    ("DELETE", f"/api/dashboards/uid{NAME}", classic_dashboards.delete),
    ("GET", f"/api/dashboards/uid{NAME}/versions", classic_dashboards.versions),
    ("GET", f"/api/dashboards/uid{NAME}/versions/(\\d+)", classic_dashboards.version),
    ("POST", f"/api/dashboards/uid{NAME}/restore", classic_dashboards.restore),
    ("GET", "/api/folders", classic_folders.browse),
    ("POST", "/api/folders", classic_folders.create),
    ("GET", f"/api/folders{NAME}", classic_folders.fetch),
    ("PUT", f"/api/folders{NAME}", classic_folders.rename),
    ("DELETE", f"/api/folders{NAME}", classic_folders.delete),
    ("GET", f"/api/folders{NAME}/counts", classic_folders.counts),
    ("POST", f"/api/folders{NAME}/move", classic_folders.move),
    ("POST", f"/api/folders{NAME}/permissions", classic_folders.permit),
    ("GET", "/apis", surroundings.groups),
    ("GET", r"/apis/((?:dashboard|folder)\.grafana\.app)", surroundings.group),
    ("GET", DASHBOARDS, apis_dashboards.browse),
    ("POST", DASHBOARDS, apis_dashboards.create),
    ("GET", DASHBOARDS + NAME, apis_dashboards.fetch),
    ("PUT", DASHBOARDS + NAME, apis_dashboards.replace),
    ("PATCH", DASHBOARDS + NAME, apis_dashboards.amend),
    ("DELETE", DASHBOARDS + NAME, apis_dashboards.delete),
    ("GET", FOLDERS, apis_folders.browse),
    ("POST", FOLDERS, apis_folders.create),
    ("GET", FOLDERS + NAME, apis_folders.fetch),
    ("PUT", FOLDERS + NAME, apis_folders.replace),
    ("PATCH", FOLDERS + NAME, apis_folders.amend),
    ("DELETE", FOLDERS + NAME, apis_folders.delete),
    ("GET", f"{FOLDERS}{NAME}/parents", apis_folders.parents),
    ("GET", f"{FOLDERS}{NAME}/counts", apis_folders.counts),
]
ROUTES = [(method, re.compile(pattern), handler) for method, pattern, handler in TABLE]


def route(method: str, path: str) -> tuple[Handler, tuple[str, ...]] | None:
    """The handler of a request with what the path names."""
    for allowed, pattern, handler in ROUTES:
        found = pattern.fullmatch(path)
        if found and allowed == method:
            return handler, found.groups()
    return None
