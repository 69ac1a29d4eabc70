"""Named exchanges that show how a Grafana behaves where a publisher can be hurt.

Each scenario starts on an empty server. `python -m tests.grafana.recorder` plays them.
"""

from typing import Any

from tests.grafana import schema_v2_scenario
from tests.grafana.exchange import Step

GROUP = "/apis/dashboard.grafana.app"
FOLDER_GROUP = "/apis/folder.grafana.app"
DASHBOARDS = f"{GROUP}/v1beta1/namespaces/default/dashboards"
OLD_DASHBOARDS = f"{GROUP}/v0alpha1/namespaces/default/dashboards"
V2_DASHBOARDS = f"{GROUP}/v2beta1/namespaces/default/dashboards"
FOLDERS = f"{FOLDER_GROUP}/v1beta1/namespaces/default/folders"
DB = "/api/dashboards/db"
MERGE = {"Content-Type": "application/merge-patch+json"}
FULL_SPEC: dict[str, Any] = {
    "annotations": {"list": []},
    "editable": True,
    "fiscalYearStartMonth": 0,
    "graphTooltip": 0,
    "links": [],
    "panels": [
        {
            "fieldConfig": {
                "defaults": {
                    "thresholds": {
                        "mode": "absolute",
                        "steps": [{"color": "green", "value": None}, {"color": "red", "value": 1}],
                    }
                },
                "overrides": [],
            },
            "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
            "id": 7,
            "targets": [{"expr": "up", "refId": "A"}],
            "title": "P99",
            "type": "timeseries",
        }
    ],
    "refresh": "30s",
    "schemaVersion": 42,
    "tags": ["one"],
    "templating": {"list": []},
    "time": {"from": "now-1h", "to": "now"},
    "timepicker": {},
    "timezone": "",
    "title": "Full",
    "weekStart": "",
}
OWNER_ANNOTATIONS = {
    "grafana.app/managedBy": "kubectl",
    "grafana.app/managerId": "tailboard",
    "grafana.app/sourceChecksum": "abc",
    "grafana.app/sourcePath": "orders.py",
    "tailboard/other": "kept",
}
GRANT = {"grafana.app/grant-permissions": "default"}
RULE = {
    "title": "Up",
    "ruleGroup": "group",
    "noDataState": "OK",
    "execErrState": "OK",
    "for": "1m",
    "orgID": 1,
    "condition": "A",
    "data": [
        {
            "refId": "A",
            "datasourceUid": "__expr__",
            "relativeTimeRange": {"from": 60, "to": 0},
            "model": {"type": "math", "expression": "1", "refId": "A"},
        }
    ],
}
LIBRARY_PANEL = {"name": "Shared", "kind": 1, "model": {"type": "text", "title": "Shared"}}


def build_spec(title: str = "One", **fields: Any) -> dict[str, Any]:
    """A small document in the current schema."""
    return {"title": title, "schemaVersion": 42, "panels": [], **fields}


def build_resource(
    name: str, body: dict[str, Any] | None = None, **metadata: Any
) -> dict[str, Any]:
    """What /apis takes: a dashboard, or a folder when the body is only a title."""
    return {"metadata": {"name": name, **metadata}, "spec": body or build_spec()}


def build_folder(
    name: str, title: str, parent: str | None = None, **metadata: Any
) -> dict[str, Any]:
    """A folder as /apis takes it."""
    if parent is not None:
        metadata["annotations"] = {"grafana.app/folder": parent, **metadata.get("annotations", {})}
    return build_resource(name, {"title": title}, **metadata)


def create_dashboard_step(name: str, body: dict[str, Any] | None = None, **metadata: Any) -> Step:
    """Create a dashboard by /apis."""
    return Step("POST", DASHBOARDS, build_resource(name, body, **metadata))


def create_folder_step(name: str, title: str, parent: str | None = None, **metadata: Any) -> Step:
    """Create a folder by /apis."""
    return Step("POST", FOLDERS, build_folder(name, title, parent, **metadata))


def save_step(uid: str, title: str = "One", **fields: Any) -> Step:
    """Save a dashboard by the classic API; `dashboard` holds more of the document."""
    document = build_spec(title, uid=uid, **fields.pop("dashboard", {}))
    return Step("POST", DB, {"dashboard": document, **fields})


def get_step(path: str, **options: Any) -> Step:
    """Ask."""
    return Step("GET", path, **options)


def patch_step(path: str, body: Any) -> Step:
    """Change a part by /apis."""
    return Step("PATCH", path, body, headers=MERGE)


def read_step(uid: str) -> Step:
    """Read a dashboard by the classic API."""
    return get_step(f"/api/dashboards/uid/{uid}")


def _list_user_steps(method: str, path: str, body: Any = None) -> list[Step]:
    people = ("nobody", "stranger", "mistyped", "none", "viewer", "editor")
    return [Step(method, path, body, who=who) for who in people]


def _list_write_steps(user: str) -> list[Step]:
    """What one role tries on both APIs; a name says who tried."""
    return [
        Step("GET", f"{DASHBOARDS}/granted", who=user),
        Step("GET", f"{DASHBOARDS}/bare", who=user),
        Step("GET", "/api/dashboards/uid/bare", who=user),
        Step("PUT", f"{DASHBOARDS}/granted?dryRun=All", build_resource("granted"), who=user),
        Step("POST", DASHBOARDS, build_resource(f"by-{user}"), who=user),
        Step("GET", f"{DASHBOARDS}/by-{user}", who=user),
        Step("PUT", f"{DASHBOARDS}/granted", build_resource("granted"), who=user),
        Step("DELETE", f"{DASHBOARDS}/bare", who=user),
        Step("POST", FOLDERS, build_folder(f"f-{user}", "F"), who=user),
        Step("GET", f"{FOLDERS}/team", who=user),
        Step("PUT", f"{FOLDERS}/team", build_folder("team", f"Team of {user}"), who=user),
        Step("POST", DB, {"dashboard": build_spec(uid=f"db-{user}")}, who=user),
        Step("POST", "/api/folders", {"uid": f"af-{user}", "title": "F"}, who=user),
        Step("DELETE", "/api/dashboards/uid/classic", who=user),
        Step("GET", "/api/datasources", who=user),
        Step("GET", "/api/org", who=user),
    ]


def _list_access_steps(user: str) -> list[Step]:
    """What one role finds of a folder that it has no permission for, and of what is in it."""
    within = {"dashboard": build_spec(uid=f"db-{user}"), "folderUid": "hidden"}
    return [
        *(
            get_step(f"{DASHBOARDS}/{name}", who=user)
            for name in ("inside", "deeper", "saved", "nothing")
        ),
        *(
            get_step(f"/api/dashboards/uid/{name}", who=user)
            for name in ("inside", "deeper", "nothing")
        ),
        *(
            get_step(f"{FOLDERS}/{name}", who=user)
            for name in ("hidden", "inner", "open", "nothing")
        ),
        *(
            get_step(f"/api/folders/{name}", who=user)
            for name in ("hidden", "inner", "open", "nothing")
        ),
        get_step(DASHBOARDS, who=user),
        get_step(FOLDERS, who=user),
        get_step("/api/search", who=user),
        get_step(f"{FOLDERS}/hidden/counts", who=user),
        get_step("/api/folders/hidden/counts", who=user),
        get_step(f"{FOLDERS}/open/counts", who=user),
        get_step("/api/folders/open/counts", who=user),
        Step("PUT", f"{DASHBOARDS}/inside?dryRun=All", build_resource("inside"), who=user),
        Step("PUT", f"{DASHBOARDS}/inside", build_resource("inside"), who=user),
        Step("POST", DASHBOARDS, build_resource("inside"), who=user),
        Step("POST", DASHBOARDS, build_resource("other", annotations=IN_HIDDEN), who=user),
        Step("DELETE", f"{DASHBOARDS}/inside", who=user),
        Step("POST", DB, within, who=user),
        Step("DELETE", "/api/dashboards/uid/inside", who=user),
        Step("POST", FOLDERS, build_folder("hidden", "Hidden"), who=user),
        Step("POST", FOLDERS, build_folder("sub", "Sub", "hidden"), who=user),
        Step("POST", "/api/folders", {"uid": "hidden", "title": "Hidden"}, who=user),
        Step("POST", "/api/folders", {"uid": "sub", "title": "S", "parentUid": "hidden"}, who=user),
        Step("DELETE", f"{FOLDERS}/hidden", who=user),
        Step("DELETE", "/api/folders/hidden", who=user),
    ]


IN_HIDDEN = {"grafana.app/folder": "hidden"}
STALE_METADATA: dict[str, Any] = {"resourceVersion": "1"}
SCENARIOS: dict[str, list[Step]] = {
    "schemas": schema_v2_scenario.STEPS,
    "discovery": [
        get_step("/api/health"),
        get_step("/api/health", who="nobody"),
        get_step("/apis"),
        get_step(GROUP),
        get_step(FOLDER_GROUP),
        get_step("/api/org"),
        get_step("/api/frontend/settings", only=["namespace"]),
        get_step("/api/frontend/settings", who="none", only=["namespace"]),
        get_step(GROUP, who="none"),
        get_step("/apis/nothing.grafana.app"),
        get_step(DASHBOARDS.replace("v1beta1", "v1")),
        get_step(DASHBOARDS.replace("default", "org-2")),
        get_step("/api/nothing"),
        get_step("/nothing/api/health"),
        get_step("/nothing/api/health", who="nobody"),
        get_step("/", who="nobody"),
    ],
    "nobody": [
        *_list_user_steps("GET", "/api/org"),
        *_list_user_steps("GET", GROUP),
        *_list_user_steps("GET", f"{DASHBOARDS}?limit=1"),
        *_list_user_steps("POST", DB, {"dashboard": {"title": ""}}),
        *_list_user_steps("GET", "/api/nothing"),
    ],
    "roles": [
        create_dashboard_step("bare"),
        create_dashboard_step("granted", annotations=GRANT),
        save_step("classic"),
        create_folder_step("team", "Team"),
        get_step(DASHBOARDS, who="viewer"),
        *_list_write_steps("viewer"),
        *_list_write_steps("editor"),
        *_list_write_steps("none"),
        get_step(DASHBOARDS, who="none"),
        get_step("/api/search?type=dash-db", who="none"),
        Step("PUT", f"{DASHBOARDS}/bare", build_resource("bare", annotations=GRANT)),
        get_step(f"{DASHBOARDS}/bare", who="viewer"),
    ],
    "hidden-folder": [
        create_folder_step("hidden", "Hidden"),
        create_folder_step("inner", "Inner", "hidden"),
        create_folder_step("innermost", "Innermost", "inner"),
        create_folder_step("open", "Open"),
        create_dashboard_step("inside", annotations={**IN_HIDDEN, **GRANT}),
        create_dashboard_step("deeper", annotations={"grafana.app/folder": "inner"}),
        save_step("saved", folderUid="hidden"),
        Step("POST", "/api/folders/hidden/permissions", {"items": []}),
        *_list_access_steps("viewer"),
        *_list_access_steps("editor"),
        get_step(f"{FOLDERS}/hidden/counts"),
        get_step("/api/folders/hidden/counts"),
        get_step(f"{FOLDERS}/inner/counts"),
    ],
    "apis-create-and-update": [
        Step(
            "POST",
            DASHBOARDS,
            build_resource(
                "one", FULL_SPEC, labels={"tailboard": "yes"}, annotations=OWNER_ANNOTATIONS
            ),
            keep={"first": "metadata.resourceVersion"},
        ),
        get_step(f"{DASHBOARDS}/one"),
        get_step(f"{OLD_DASHBOARDS}/one"),
        read_step("one"),
        create_dashboard_step("one"),
        Step(
            "PUT",
            f"{DASHBOARDS}/one",
            build_resource(
                "one", build_spec("Two"), resourceVersion="${first}", annotations=OWNER_ANNOTATIONS
            ),
            keep={"second": "metadata.resourceVersion"},
        ),
        Step("PUT", f"{DASHBOARDS}/one", build_resource("one", resourceVersion="${first}")),
        Step("PUT", f"{DASHBOARDS}/one", build_resource("one", build_spec("Three"))),
        Step("PUT", f"{DASHBOARDS}/one", build_resource("one", build_spec("Three"))),
        Step("PUT", f"{DASHBOARDS}/one?dryRun=All", build_resource("one", build_spec("Dry"))),
        get_step(f"{DASHBOARDS}/one"),
        patch_step(f"{DASHBOARDS}/one", {"metadata": {"annotations": {"a/b": "1", "c/d": "2"}}}),
        patch_step(f"{DASHBOARDS}/one", {"metadata": {"annotations": {"a/b": None}}}),
        patch_step(f"{DASHBOARDS}/one", {"metadata": STALE_METADATA}),
        patch_step(f"{DASHBOARDS}/one", {"spec": {"title": "Patched"}}),
        get_step(f"{DASHBOARDS}/one?resourceVersion=${{first}}"),
        Step("PUT", f"{DASHBOARDS}/new", build_resource("new")),
        Step("PUT", f"{DASHBOARDS}/gone", build_resource("gone", None, **STALE_METADATA)),
        Step("POST", DASHBOARDS, build_resource("gone", None, **STALE_METADATA)),
        Step("PUT", f"{DASHBOARDS}/one", build_resource("other")),
        Step("DELETE", f"{DASHBOARDS}/one", {"preconditions": {"resourceVersion": "1"}}),
        Step("DELETE", f"{DASHBOARDS}/one"),
        Step("DELETE", f"{DASHBOARDS}/one"),
        get_step(f"{DASHBOARDS}/one"),
        patch_step(f"{DASHBOARDS}/one", {"spec": {"title": "Patched"}}),
    ],
    "apis-refusals": [
        create_dashboard_step("empty", build_spec("")),
        create_dashboard_step("x" * 41),
        create_dashboard_step("a b"),
        Step("POST", DASHBOARDS, {"metadata": {}, "spec": build_spec()}),
        create_dashboard_step("message", annotations={"grafana.app/message": "m" * 501}),
        create_dashboard_step("fast", build_spec(refresh="1s")),
        create_dashboard_step("tag", build_spec(tags=["t" * 51])),
        create_dashboard_step("future", build_spec(schemaVersion=99)),
        create_dashboard_step("nowhere", annotations={"grafana.app/folder": "nope"}),
        create_dashboard_step("general", annotations={"grafana.app/folder": "general"}),
        create_dashboard_step("root", annotations={"grafana.app/folder": ""}),
        Step(
            "PUT",
            f"{DASHBOARDS}/root",
            build_resource("root", annotations={"grafana.app/folder": "nope"}),
        ),
        Step("POST", f"{DASHBOARDS}?dryRun=All", build_resource("dry")),
        get_step(f"{DASHBOARDS}/dry"),
        create_dashboard_step(
            "repo", annotations={"grafana.app/managedBy": "repo", "grafana.app/managerId": "r"}
        ),
    ],
    "apis-documents": [
        create_dashboard_step("bare", {"schemaVersion": 42}),
        create_dashboard_step("ids", build_spec(uid="other", version=5)),
        create_dashboard_step(
            "panels", build_spec(panels=[{"id": 3, "type": "text", "title": None}])
        ),
        create_dashboard_step("nulls", build_spec(extra=None, deep={"a": None, "b": [None]})),
        create_dashboard_step(
            "annotated", build_spec(annotations={"list": [{"name": "Mine", "enable": True}]})
        ),
        create_dashboard_step("unknown", build_spec(__marker={"a": 1}, time={}, editable=False)),
        Step("POST", OLD_DASHBOARDS, build_resource("old", FULL_SPEC)),
        get_step(f"{OLD_DASHBOARDS}/old"),
        get_step(f"{DASHBOARDS}/old"),
        read_step("old"),
    ],
    "classic-save": [
        save_step("one", message="first"),
        read_step("one"),
        save_step("one"),
        save_step("one", dashboard={"version": 9}),
        save_step("one", "Two", dashboard={"version": 1}, message="second"),
        save_step("one", "Two", dashboard={"version": 2}, message="same"),
        save_step("one", "Three", overwrite=True),
        save_step("one", "Four", overwrite=True, dashboard={"version": 9}),
        get_step(f"{DASHBOARDS}/one"),
        Step("POST", DB, {"dashboard": {**FULL_SPEC, "uid": "full", "id": None, "version": 0}}),
        read_step("full"),
        get_step(f"{DASHBOARDS}/full"),
        get_step(f"{OLD_DASHBOARDS}/full"),
        Step("DELETE", "/api/dashboards/uid/one"),
        Step("DELETE", "/api/dashboards/uid/one"),
        read_step("one"),
    ],
    "classic-refusals": [
        save_step("empty", ""),
        save_step("x" * 41),
        save_step("a b"),
        save_step("one", dashboard={"id": 12345}),
        save_step("one", folderUid="nope"),
        save_step("one", message="m" * 501),
        save_step("one", dashboard={"refresh": "1s"}),
        save_step("one", dashboard={"tags": ["t" * 51]}),
        Step("POST", DB, {"message": "no dashboard"}),
        save_step("future", dashboard={"schemaVersion": 99}),
        Step("POST", DB, {"dashboard": {"uid": "untitled"}}),
    ],
    "hand-edit": [
        create_dashboard_step(
            "classic", labels={"tailboard": "yes"}, annotations=OWNER_ANNOTATIONS
        ),
        save_step("classic", "By hand", dashboard={"version": 1}, message="mine"),
        get_step(f"{DASHBOARDS}/classic"),
        create_dashboard_step(
            "browser", FULL_SPEC, labels={"tailboard": "yes"}, annotations=OWNER_ANNOTATIONS
        ),
        Step(
            "PUT",
            f"{DASHBOARDS}/browser?fieldValidation=Ignore",
            build_resource(
                "browser",
                {**FULL_SPEC, "title": "By hand", "uid": "browser", "version": 1},
                labels={"tailboard": "yes"},
                annotations={**OWNER_ANNOTATIONS, "grafana.app/saved-from-ui": "Grafana v12.4.0"},
            ),
        ),
        Step("PUT", f"{DASHBOARDS}/browser", build_resource("browser", FULL_SPEC)),
        create_dashboard_step(
            "restored", labels={"tailboard": "yes"}, annotations=OWNER_ANNOTATIONS
        ),
        save_step("same", "Same"),
        patch_step(f"{DASHBOARDS}/same", {"metadata": {"annotations": OWNER_ANNOTATIONS}}),
        read_step("same"),
        save_step("same", "Same", dashboard={"version": 2}),
        get_step(f"{DASHBOARDS}/same"),
    ],
    "managers": [
        create_dashboard_step(
            "theirs", annotations={**OWNER_ANNOTATIONS, "grafana.app/managerId": "gcx"}
        ),
        read_step("theirs"),
        Step(
            "PUT", f"{DASHBOARDS}/theirs", build_resource("theirs", annotations=OWNER_ANNOTATIONS)
        ),
        patch_step(
            f"{DASHBOARDS}/theirs",
            {"metadata": {"annotations": {"grafana.app/managedBy": "terraform"}}},
        ),
        patch_step(
            f"{DASHBOARDS}/theirs",
            {"metadata": {"annotations": {"grafana.app/managedBy": "tailboard"}}},
        ),
        save_step("theirs", "Taken", overwrite=True),
        get_step(f"{DASHBOARDS}/theirs"),
    ],
    "places": [
        create_folder_step("a", "A"),
        create_folder_step("b", "B"),
        save_step("one", folderUid="a"),
        read_step("one"),
        save_step("one", folderUid="b", dashboard={"version": 1}),
        save_step("one", dashboard={"version": 2}),
        read_step("one"),
        create_dashboard_step("two", annotations={"grafana.app/folder": "a"}),
        patch_step(f"{DASHBOARDS}/two", {"metadata": {"annotations": {"grafana.app/folder": "b"}}}),
        Step("PUT", f"{DASHBOARDS}/two", build_resource("two")),
        Step(
            "PUT",
            f"{DASHBOARDS}/two",
            build_resource("two", annotations={"grafana.app/folder": "a"}),
        ),
        read_step("two"),
    ],
    "apis-folders": [
        Step(
            "POST",
            FOLDERS,
            build_folder("a", "A", labels={"tailboard": "yes"}, annotations=OWNER_ANNOTATIONS),
            keep={"first": "metadata.resourceVersion"},
        ),
        create_folder_step("a", "A"),
        create_folder_step("same", "A"),
        create_folder_step("a1", "A1", "a"),
        create_folder_step("lost", "Lost", "nope"),
        create_folder_step("empty", ""),
        create_folder_step("f g", "F"),
        create_folder_step("x" * 41, "X"),
        create_folder_step("general", "General"),
        get_step(f"{FOLDERS}/a"),
        get_step(f"{FOLDERS}/nope"),
        get_step(f"{FOLDERS}?labelSelector=tailboard%3Dyes"),
        get_step(f"{FOLDERS}/a1/parents"),
        get_step(f"{FOLDERS}/a/counts"),
        Step("PUT", f"{FOLDERS}/a", build_folder("a", "Renamed", resourceVersion="${first}")),
        Step("PUT", f"{FOLDERS}/a", build_folder("a", "Stale", resourceVersion="${first}")),
        Step("PUT", f"{FOLDERS}/a", build_folder("a", "Again")),
        Step("PUT", f"{FOLDERS}/a", build_folder("a", "Again")),
        Step("PUT", f"{FOLDERS}/same", build_folder("same", "Moved", "a1")),
        Step("PUT", f"{FOLDERS}/same", build_folder("same", "Moved", "nowhere")),
        Step("PUT", f"{FOLDERS}/made", build_folder("made", "Made by PUT")),
        Step("PUT", f"{FOLDERS}/a", build_folder("a", "A", "a1")),
        patch_step(f"{FOLDERS}/same", {"metadata": {"annotations": {"grafana.app/folder": None}}}),
        create_dashboard_step("inside", annotations={"grafana.app/folder": "a1"}),
        Step("DELETE", f"{FOLDERS}/a1"),
        Step("DELETE", f"{FOLDERS}/a"),
        Step("DELETE", f"{DASHBOARDS}/inside"),
        Step("DELETE", f"{FOLDERS}/a1"),
        Step("DELETE", f"{FOLDERS}/a1"),
    ],
    "classic-folders": [
        Step("POST", "/api/folders", {"uid": "a", "title": "A"}),
        Step("POST", "/api/folders", {"uid": "a", "title": "A"}),
        Step("POST", "/api/folders", {"uid": "same", "title": "A"}),
        Step("POST", "/api/folders", {"uid": "a1", "title": "A1", "parentUid": "a"}),
        Step("POST", "/api/folders", {"uid": "lost", "title": "Lost", "parentUid": "nope"}),
        Step("POST", "/api/folders", {"uid": "empty", "title": ""}),
        Step("POST", "/api/folders", {"uid": "f g", "title": "F"}),
        Step("POST", "/api/folders", {"uid": "x" * 41, "title": "X"}),
        Step("POST", "/api/folders", {"uid": "general", "title": "General"}),
        get_step("/api/folders/a1"),
        get_step("/api/folders/nope"),
        get_step("/api/folders?parentUid=a"),
        get_step("/api/folders/a/counts"),
        Step("PUT", "/api/folders/a", {"title": "Renamed"}),
        Step("PUT", "/api/folders/a", {"title": "Renamed", "version": 1}),
        Step("PUT", "/api/folders/a", {"title": "Stale", "version": 1}),
        Step("PUT", "/api/folders/a", {"title": "Forced", "overwrite": True}),
        Step("POST", "/api/folders/same/move", {"parentUid": "a1"}),
        Step("POST", "/api/folders/a/move", {"parentUid": "a1"}),
        Step("POST", "/api/folders/same/move", {"parentUid": ""}),
        get_step(f"{FOLDERS}/same"),
        create_folder_step(
            "marked", "M", labels={"tailboard": "yes"}, annotations=OWNER_ANNOTATIONS
        ),
        Step("PUT", "/api/folders/marked", {"title": "By hand", "overwrite": True}),
        Step("POST", "/api/folders/marked/move", {"parentUid": "a"}),
        get_step(f"{FOLDERS}/marked"),
        save_step("inside", folderUid="a1"),
        Step("DELETE", "/api/folders/a1?forceDeleteRules=false"),
        read_step("inside"),
        Step("DELETE", "/api/folders/a1"),
        Step("DELETE", "/api/folders/nope"),
        get_step("/api/folders/lost"),
    ],
    "depth": [
        create_folder_step("n1", "N1"),
        create_folder_step("n2", "N2", "n1"),
        create_folder_step("n3", "N3", "n2"),
        create_folder_step("n4", "N4", "n3"),
        create_folder_step("n5", "N5", "n4"),
        create_folder_step("n6", "N6", "n5"),
        Step("POST", "/api/folders", {"uid": "n6", "title": "N6", "parentUid": "n5"}),
        get_step(f"{FOLDERS}/n5/parents"),
    ],
    "what-a-folder-holds": [
        create_folder_step("rules", "Rules"),
        Step(
            "POST",
            "/api/v1/provisioning/alert-rules",
            {**RULE, "folderUID": "rules"},
            only=["title"],
        ),
        get_step("/api/ruler/grafana/api/v1/rules/rules", only=["none"]),
        get_step(f"{FOLDERS}/rules/counts"),
        get_step("/api/folders/rules/counts"),
        Step("DELETE", f"{FOLDERS}/rules"),
        Step("DELETE", "/api/folders/rules?forceDeleteRules=false"),
        create_folder_step("shared", "Shared"),
        Step(
            "POST",
            "/api/library-elements",
            {**LIBRARY_PANEL, "uid": "lib", "folderUid": "shared"},
            only=["none"],
        ),
        get_step(f"{FOLDERS}/shared/counts"),
        get_step("/api/ruler/grafana/api/v1/rules/shared"),
        Step("DELETE", f"{FOLDERS}/shared"),
        Step("DELETE", "/api/folders/shared"),
        get_step(f"{FOLDERS}/shared"),
    ],
    "lists": [
        create_folder_step("f", "F"),
        create_dashboard_step("a1", build_spec("A1"), labels={"of": "others"}),
        create_dashboard_step("a2", build_spec("A2"), labels={"of": "others"}),
        create_dashboard_step(
            "b1",
            build_spec("B1", tags=["t"]),
            labels={"of": "us"},
            annotations={"grafana.app/folder": "f"},
        ),
        create_dashboard_step("b2", build_spec("B2"), labels={"of": "us"}),
        get_step(f"{DASHBOARDS}?limit=2", keep={"next": "metadata.continue"}),
        get_step(f"{DASHBOARDS}?limit=2&continue=${{next}}"),
        get_step(
            f"{DASHBOARDS}?limit=2&labelSelector=of%3Dus",
            keep={"next": "metadata.continue"},
        ),
        get_step(f"{DASHBOARDS}?limit=2&labelSelector=of%3Dus&continue=${{next}}"),
        get_step(f"{DASHBOARDS}?labelSelector=of%3Dus"),
        get_step(f"{DASHBOARDS}?labelSelector=of%3Dnobody"),
        get_step(f"{DASHBOARDS}?fieldSelector=metadata.name%3Da1"),
        get_step(f"{DASHBOARDS}?continue=bad"),
        get_step(f"{FOLDERS}?limit=1"),
        create_folder_step("g", "G"),
        get_step(f"{FOLDERS}?limit=1"),
        get_step("/api/folders?limit=1&page=2"),
        get_step("/api/search?type=dash-db"),
        get_step("/api/search?type=dash-db&limit=3&page=2"),
        get_step("/api/search?type=dash-db&tag=t"),
        get_step("/api/search?type=dash-db&folderUIDs=f"),
        get_step("/api/search?type=dash-db&dashboardUIDs=a2&dashboardUIDs=b1"),
        get_step("/api/search?type=dash-folder"),
        get_step("/api/search?limit=5001"),
    ],
    "history": [
        create_dashboard_step(
            "one",
            build_spec("First"),
            annotations={"grafana.app/message": "m1", **OWNER_ANNOTATIONS},
        ),
        Step(
            "PUT",
            f"{DASHBOARDS}/one",
            build_resource("one", build_spec("Second"), annotations=OWNER_ANNOTATIONS),
        ),
        save_step("one", "Third", dashboard={"version": 2}, message="m3"),
        get_step("/api/dashboards/uid/one/versions"),
        get_step("/api/dashboards/uid/one/versions?limit=1"),
        get_step("/api/dashboards/uid/one/versions/1"),
        get_step("/api/dashboards/uid/one/versions/99", only=["none"]),
        get_step("/api/dashboards/uid/nope/versions"),
        get_step(
            f"{DASHBOARDS}?labelSelector=grafana.app/get-history%3Dtrue&fieldSelector=metadata.name%3Done"
        ),
        Step("POST", "/api/dashboards/uid/one/restore", {"version": 1}),
        get_step(f"{DASHBOARDS}/one"),
        Step("POST", "/api/dashboards/uid/one/restore", {"version": 99}),
        Step("POST", "/api/dashboards/uid/one/restore", {"version": 1}),
        create_dashboard_step("kept", labels={"tailboard": "yes"}, annotations=OWNER_ANNOTATIONS),
        Step(
            "PUT",
            f"{DASHBOARDS}/kept",
            build_resource("kept", build_spec("Later"), annotations=OWNER_ANNOTATIONS),
        ),
        Step("POST", "/api/dashboards/uid/kept/restore", {"version": 1}),
        get_step(f"{DASHBOARDS}/kept"),
        Step("DELETE", f"{DASHBOARDS}/kept"),
        create_dashboard_step("kept"),
        get_step("/api/dashboards/uid/kept/versions"),
    ],
    "data-sources": [
        get_step("/api/datasources"),
        Step(
            "POST",
            "/api/datasources",
            {
                "name": "Prometheus",
                "type": "prometheus",
                "uid": "prom",
                "url": "http://127.0.0.1:1",
                "access": "proxy",
                "isDefault": True,
                "jsonData": {"timeInterval": "30s"},
            },
            only=["message", "name"],
        ),
        get_step("/api/datasources"),
        get_step("/api/datasources", who="none"),
        get_step("/api/datasources/uid/prom"),
        get_step("/api/datasources/uid/nope"),
        get_step("/api/datasources/uid/prom/health", only=["status"]),
        get_step("/api/datasources/uid/nope/health"),
        Step("DELETE", "/api/datasources/uid/prom", only=["message"]),
    ],
}
