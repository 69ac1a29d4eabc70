"""Which handler answers what."""

import re
from collections.abc import Callable

from tests.grafana.memory import (
    apis_dashboards,
    apis_folders,
    auxiliary_endpoints,
    classic_dashboards,
    classic_folders,
    data_source_queries,
)
from tests.grafana.memory.answer import Answer
from tests.grafana.memory.request import Request
from tests.grafana.memory.store import Store

Handler = Callable[[Request, Store], Answer]
DASHBOARDS = (
    r"/apis/dashboard\.grafana\.app/(v1beta1|v0alpha1|v2beta1)/namespaces/default/dashboards"
)
FOLDERS = r"/apis/folder\.grafana\.app/(v1beta1)/namespaces/default/folders"
NAME = "/([^/]+)"
HANDLERS: list[tuple[str, str, Handler]] = [
    ("GET", "/api/health", auxiliary_endpoints.get_health),
    ("GET", "/api/org", auxiliary_endpoints.get_organization),
    ("GET", "/api/frontend/settings", auxiliary_endpoints.get_settings),
    ("GET", "/api/search", auxiliary_endpoints.search_items),
    ("GET", "/api/datasources", auxiliary_endpoints.list_data_sources),
    ("POST", "/api/datasources", auxiliary_endpoints.add_data_source),
    ("GET", f"/api/datasources/uid{NAME}", auxiliary_endpoints.get_data_source),
    ("DELETE", f"/api/datasources/uid{NAME}", auxiliary_endpoints.delete_data_source),
    ("GET", f"/api/datasources/uid{NAME}/health", auxiliary_endpoints.check_data_source),
    ("POST", "/api/ds/query", data_source_queries.query_data_source),
    (
        "POST",
        f"/api/datasources/proxy/uid{NAME}/api/v1/query",
        data_source_queries.query_proxied_prometheus,
    ),
    ("POST", "/api/v1/provisioning/alert-rules", auxiliary_endpoints.add_alert_rule),
    ("GET", f"/api/ruler/grafana/api/v1/rules{NAME}", auxiliary_endpoints.list_alert_rules),
    ("POST", "/api/library-elements", auxiliary_endpoints.add_library_panel),
    ("GET", "/api/library-elements", auxiliary_endpoints.list_library_panels),
    ("POST", "/api/dashboards/db/?", classic_dashboards.save_dashboard),
    ("GET", f"/api/dashboards/uid{NAME}", classic_dashboards.get_dashboard),
    ("DELETE", f"/api/dashboards/uid{NAME}", classic_dashboards.delete_dashboard),
    ("GET", f"/api/dashboards/uid{NAME}/versions", classic_dashboards.list_versions),
    ("GET", f"/api/dashboards/uid{NAME}/versions/(\\d+)", classic_dashboards.get_version),
    ("POST", f"/api/dashboards/uid{NAME}/restore", classic_dashboards.restore_version),
    ("GET", "/api/folders", classic_folders.list_folders),
    ("POST", "/api/folders", classic_folders.create_folder),
    ("GET", f"/api/folders{NAME}", classic_folders.get_folder),
    ("PUT", f"/api/folders{NAME}", classic_folders.rename_folder),
    ("DELETE", f"/api/folders{NAME}", classic_folders.delete_folder),
    ("GET", f"/api/folders{NAME}/counts", classic_folders.count_contents),
    ("POST", f"/api/folders{NAME}/move", classic_folders.move_folder),
    ("POST", f"/api/folders{NAME}/permissions", classic_folders.set_permissions),
    ("GET", "/apis", auxiliary_endpoints.list_groups),
    ("GET", r"/apis/((?:dashboard|folder)\.grafana\.app)", auxiliary_endpoints.get_group),
    ("GET", DASHBOARDS, apis_dashboards.list_dashboards),
    ("POST", DASHBOARDS, apis_dashboards.create_dashboard),
    ("GET", DASHBOARDS + NAME, apis_dashboards.get_dashboard),
    ("PUT", DASHBOARDS + NAME, apis_dashboards.replace_dashboard),
    ("PATCH", DASHBOARDS + NAME, apis_dashboards.patch_dashboard),
    ("DELETE", DASHBOARDS + NAME, apis_dashboards.delete_dashboard),
    ("GET", FOLDERS, apis_folders.list_folders),
    ("POST", FOLDERS, apis_folders.create_folder),
    ("GET", FOLDERS + NAME, apis_folders.get_folder),
    ("PUT", FOLDERS + NAME, apis_folders.replace_folder),
    ("PATCH", FOLDERS + NAME, apis_folders.patch_folder),
    ("DELETE", FOLDERS + NAME, apis_folders.delete_folder),
    ("GET", f"{FOLDERS}{NAME}/parents", apis_folders.list_parents),
    ("GET", f"{FOLDERS}{NAME}/counts", apis_folders.count_contents),
]
ROUTES = [(method, re.compile(pattern), handler) for method, pattern, handler in HANDLERS]


def find_route(method: str, path: str) -> tuple[Handler, tuple[str, ...]] | None:
    """The handler of a request with what the path names."""
    for allowed, pattern, handler in ROUTES:
        match = pattern.fullmatch(path)
        if match and allowed == method:
            return handler, match.groups()
    return None
