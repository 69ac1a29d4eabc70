"""Named exchanges that show how a Grafana behaves where a publisher can be hurt.

Each scenario starts on an empty server. `python -m tests.grafana.record` plays them.
"""

from typing import Any

from .exchange import Step

GROUP = "/apis/dashboard.grafana.app"
FOLDER_GROUP = "/apis/folder.grafana.app"
DASHBOARDS = f"{GROUP}/v1beta1/namespaces/default/dashboards"
OLD_DASHBOARDS = f"{GROUP}/v0alpha1/namespaces/default/dashboards"
FOLDERS = f"{FOLDER_GROUP}/v1beta1/namespaces/default/folders"
DB = "/api/dashboards/db"
MERGE = {"Content-Type": "application/merge-patch+json"}
FULL: dict[str, Any] = {
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
OURS = {
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


def spec(title: str = "One", **more: Any) -> dict[str, Any]:
    """A small document in the current schema."""
    return {"title": title, "schemaVersion": 42, "panels": [], **more}


def resource(name: str, body: dict[str, Any] | None = None, **metadata: Any) -> dict[str, Any]:
    """What /apis takes: a dashboard, or a folder when the body is only a title."""
    return {"metadata": {"name": name, **metadata}, "spec": body or spec()}


def folder(name: str, title: str, parent: str | None = None, **metadata: Any) -> dict[str, Any]:
    """A folder as /apis takes it."""
    if parent is not None:
        metadata["annotations"] = {"grafana.app/folder": parent, **metadata.get("annotations", {})}
    return resource(name, {"title": title}, **metadata)


def make(name: str, body: dict[str, Any] | None = None, **metadata: Any) -> Step:
    """Create a dashboard by /apis."""
    return Step("POST", DASHBOARDS, resource(name, body, **metadata))


def make_folder(name: str, title: str, parent: str | None = None, **metadata: Any) -> Step:
    """Create a folder by /apis."""
    return Step("POST", FOLDERS, folder(name, title, parent, **metadata))


def save(uid: str, title: str = "One", **more: Any) -> Step:
    """Save a dashboard by the classic API; `dashboard` holds more of the document."""
    document = spec(title, uid=uid, **more.pop("dashboard", {}))
    return Step("POST", DB, {"dashboard": document, **more})


def get(path: str, **more: Any) -> Step:
    """Ask."""
    return Step("GET", path, **more)


def patch(path: str, body: Any) -> Step:
    """Change a part by /apis."""
    return Step("PATCH", path, body, headers=MERGE)


def read(uid: str) -> Step:
    """Read a dashboard by the classic API."""
    return get(f"/api/dashboards/uid/{uid}")


def _everybody(method: str, path: str, body: Any = None) -> list[Step]:
    people = ("nobody", "stranger", "mistyped", "none", "viewer", "editor")
    return [Step(method, path, body, who=who) for who in people]


def _attempts(who: str) -> list[Step]:
    """What one role tries on both APIs; a name says who tried."""
    return [
        Step("GET", f"{DASHBOARDS}/granted", who=who),
        Step("GET", f"{DASHBOARDS}/bare", who=who),
        Step("GET", "/api/dashboards/uid/bare", who=who),
        Step("PUT", f"{DASHBOARDS}/granted?dryRun=All", resource("granted"), who=who),
        Step("POST", DASHBOARDS, resource(f"by-{who}"), who=who),
        Step("GET", f"{DASHBOARDS}/by-{who}", who=who),
        Step("PUT", f"{DASHBOARDS}/granted", resource("granted"), who=who),
        Step("DELETE", f"{DASHBOARDS}/bare", who=who),
        Step("POST", FOLDERS, folder(f"f-{who}", "F"), who=who),
        Step("GET", f"{FOLDERS}/team", who=who),
        Step("PUT", f"{FOLDERS}/team", folder("team", f"Team of {who}"), who=who),
        Step("POST", DB, {"dashboard": spec(uid=f"db-{who}")}, who=who),
        Step("POST", "/api/folders", {"uid": f"af-{who}", "title": "F"}, who=who),
        Step("DELETE", "/api/dashboards/uid/classic", who=who),
        Step("GET", "/api/datasources", who=who),
        Step("GET", "/api/org", who=who),
    ]


def _at_the_door(who: str) -> list[Step]:
    """What one role finds of a folder that it has no permission for, and of what is in it."""
    within = {"dashboard": spec(uid=f"db-{who}"), "folderUid": "hidden"}
    return [
        *(
            get(f"{DASHBOARDS}/{name}", who=who)
            for name in ("inside", "deeper", "saved", "nothing")
        ),
        *(get(f"/api/dashboards/uid/{name}", who=who) for name in ("inside", "deeper", "nothing")),
        *(get(f"{FOLDERS}/{name}", who=who) for name in ("hidden", "inner", "open", "nothing")),
        *(get(f"/api/folders/{name}", who=who) for name in ("hidden", "inner", "open", "nothing")),
        get(DASHBOARDS, who=who),
        get(FOLDERS, who=who),
        get("/api/search", who=who),
        get(f"{FOLDERS}/hidden/counts", who=who),
        get("/api/folders/hidden/counts", who=who),
        get(f"{FOLDERS}/open/counts", who=who),
        get("/api/folders/open/counts", who=who),
        Step("PUT", f"{DASHBOARDS}/inside?dryRun=All", resource("inside"), who=who),
        Step("PUT", f"{DASHBOARDS}/inside", resource("inside"), who=who),
        Step("POST", DASHBOARDS, resource("inside"), who=who),
        Step("POST", DASHBOARDS, resource("other", annotations=IN_HIDDEN), who=who),
        Step("DELETE", f"{DASHBOARDS}/inside", who=who),
        Step("POST", DB, within, who=who),
        Step("DELETE", "/api/dashboards/uid/inside", who=who),
        Step("POST", FOLDERS, folder("hidden", "Hidden"), who=who),
        Step("POST", FOLDERS, folder("sub", "Sub", "hidden"), who=who),
        Step("POST", "/api/folders", {"uid": "hidden", "title": "Hidden"}, who=who),
        Step("POST", "/api/folders", {"uid": "sub", "title": "S", "parentUid": "hidden"}, who=who),
        Step("DELETE", f"{FOLDERS}/hidden", who=who),
        Step("DELETE", "/api/folders/hidden", who=who),
    ]


IN_HIDDEN = {"grafana.app/folder": "hidden"}
STALE: dict[str, Any] = {"resourceVersion": "1"}
SCENARIOS: dict[str, list[Step]] = {
    "discovery": [
        get("/api/health"),
        get("/api/health", who="nobody"),
        get("/apis"),
        get(GROUP),
        get(FOLDER_GROUP),
        get("/api/org"),
        get("/api/frontend/settings", only=["namespace"]),
        get("/api/frontend/settings", who="none", only=["namespace"]),
        get(GROUP, who="none"),
        get("/apis/nothing.grafana.app"),
        get(DASHBOARDS.replace("v1beta1", "v1")),
        get(DASHBOARDS.replace("default", "org-2")),
        get("/api/nothing"),
        get("/nothing/api/health"),
        get("/nothing/api/health", who="nobody"),
        get("/", who="nobody"),
    ],
    "nobody": [
        *_everybody("GET", "/api/org"),
        *_everybody("GET", GROUP),
        *_everybody("GET", f"{DASHBOARDS}?limit=1"),
        *_everybody("POST", DB, {"dashboard": {"title": ""}}),
        *_everybody("GET", "/api/nothing"),
    ],
    "roles": [
        make("bare"),
        make("granted", annotations=GRANT),
        save("classic"),
        make_folder("team", "Team"),
        get(DASHBOARDS, who="viewer"),
        *_attempts("viewer"),
        *_attempts("editor"),
        *_attempts("none"),
        get(DASHBOARDS, who="none"),
        get("/api/search?type=dash-db", who="none"),
        Step("PUT", f"{DASHBOARDS}/bare", resource("bare", annotations=GRANT)),
        get(f"{DASHBOARDS}/bare", who="viewer"),
    ],
    "hidden-folder": [
        make_folder("hidden", "Hidden"),
        make_folder("inner", "Inner", "hidden"),
        make_folder("innermost", "Innermost", "inner"),
        make_folder("open", "Open"),
        make("inside", annotations={**IN_HIDDEN, **GRANT}),
        make("deeper", annotations={"grafana.app/folder": "inner"}),
        save("saved", folderUid="hidden"),
        Step("POST", "/api/folders/hidden/permissions", {"items": []}),
        *_at_the_door("viewer"),
        *_at_the_door("editor"),
        get(f"{FOLDERS}/hidden/counts"),
        get("/api/folders/hidden/counts"),
        get(f"{FOLDERS}/inner/counts"),
    ],
    "apis-create-and-update": [
        Step(
            "POST",
            DASHBOARDS,
            resource("one", FULL, labels={"tailboard": "yes"}, annotations=OURS),
            keep={"first": "metadata.resourceVersion"},
        ),
        get(f"{DASHBOARDS}/one"),
        get(f"{OLD_DASHBOARDS}/one"),
        read("one"),
        make("one"),
        Step(
            "PUT",
            f"{DASHBOARDS}/one",
            resource("one", spec("Two"), resourceVersion="${first}", annotations=OURS),
            keep={"second": "metadata.resourceVersion"},
        ),
        Step("PUT", f"{DASHBOARDS}/one", resource("one", resourceVersion="${first}")),
        Step("PUT", f"{DASHBOARDS}/one", resource("one", spec("Three"))),
        Step("PUT", f"{DASHBOARDS}/one", resource("one", spec("Three"))),
        Step("PUT", f"{DASHBOARDS}/one?dryRun=All", resource("one", spec("Dry"))),
        get(f"{DASHBOARDS}/one"),
        patch(f"{DASHBOARDS}/one", {"metadata": {"annotations": {"a/b": "1", "c/d": "2"}}}),
        patch(f"{DASHBOARDS}/one", {"metadata": {"annotations": {"a/b": None}}}),
        patch(f"{DASHBOARDS}/one", {"metadata": STALE}),
        patch(f"{DASHBOARDS}/one", {"spec": {"title": "Patched"}}),
        get(f"{DASHBOARDS}/one?resourceVersion=${{first}}"),
        Step("PUT", f"{DASHBOARDS}/new", resource("new")),
        Step("PUT", f"{DASHBOARDS}/gone", resource("gone", None, **STALE)),
        Step("POST", DASHBOARDS, resource("gone", None, **STALE)),
        Step("PUT", f"{DASHBOARDS}/one", resource("other")),
        Step("DELETE", f"{DASHBOARDS}/one", {"preconditions": {"resourceVersion": "1"}}),
        Step("DELETE", f"{DASHBOARDS}/one"),
        Step("DELETE", f"{DASHBOARDS}/one"),
        get(f"{DASHBOARDS}/one"),
        patch(f"{DASHBOARDS}/one", {"spec": {"title": "Patched"}}),
    ],
    "apis-refusals": [
        make("empty", spec("")),
        make("x" * 41),
        make("a b"),
        Step("POST", DASHBOARDS, {"metadata": {}, "spec": spec()}),
        make("message", annotations={"grafana.app/message": "m" * 501}),
        make("fast", spec(refresh="1s")),
        make("tag", spec(tags=["t" * 51])),
        make("future", spec(schemaVersion=99)),
        make("nowhere", annotations={"grafana.app/folder": "nope"}),
        make("general", annotations={"grafana.app/folder": "general"}),
        make("root", annotations={"grafana.app/folder": ""}),
        Step(
            "PUT",
            f"{DASHBOARDS}/root",
            resource("root", annotations={"grafana.app/folder": "nope"}),
        ),
        Step("POST", f"{DASHBOARDS}?dryRun=All", resource("dry")),
        get(f"{DASHBOARDS}/dry"),
        make("repo", annotations={"grafana.app/managedBy": "repo", "grafana.app/managerId": "r"}),
    ],
    "apis-documents": [
        make("bare", {"schemaVersion": 42}),
        make("ids", spec(uid="other", version=5)),
        make("panels", spec(panels=[{"id": 3, "type": "text", "title": None}])),
        make("nulls", spec(extra=None, deep={"a": None, "b": [None]})),
        make("annotated", spec(annotations={"list": [{"name": "Mine", "enable": True}]})),
        make("unknown", spec(__marker={"a": 1}, time={}, editable=False)),
        Step("POST", OLD_DASHBOARDS, resource("old", FULL)),
        get(f"{OLD_DASHBOARDS}/old"),
        get(f"{DASHBOARDS}/old"),
        read("old"),
    ],
    "classic-save": [
        save("one", message="first"),
        read("one"),
        save("one"),
        save("one", dashboard={"version": 9}),
        save("one", "Two", dashboard={"version": 1}, message="second"),
        save("one", "Two", dashboard={"version": 2}, message="same"),
        save("one", "Three", overwrite=True),
        save("one", "Four", overwrite=True, dashboard={"version": 9}),
        get(f"{DASHBOARDS}/one"),
        Step("POST", DB, {"dashboard": {**FULL, "uid": "full", "id": None, "version": 0}}),
        read("full"),
        get(f"{DASHBOARDS}/full"),
        get(f"{OLD_DASHBOARDS}/full"),
        Step("DELETE", "/api/dashboards/uid/one"),
        Step("DELETE", "/api/dashboards/uid/one"),
        read("one"),
    ],
    "classic-refusals": [
        save("empty", ""),
        save("x" * 41),
        save("a b"),
        save("one", dashboard={"id": 12345}),
        save("one", folderUid="nope"),
        save("one", message="m" * 501),
        save("one", dashboard={"refresh": "1s"}),
        save("one", dashboard={"tags": ["t" * 51]}),
        Step("POST", DB, {"message": "no dashboard"}),
        save("future", dashboard={"schemaVersion": 99}),
        Step("POST", DB, {"dashboard": {"uid": "untitled"}}),
    ],
    "hand-edit": [
        make("classic", labels={"tailboard": "yes"}, annotations=OURS),
        save("classic", "By hand", dashboard={"version": 1}, message="mine"),
        get(f"{DASHBOARDS}/classic"),
        make("browser", FULL, labels={"tailboard": "yes"}, annotations=OURS),
        Step(
            "PUT",
            f"{DASHBOARDS}/browser?fieldValidation=Ignore",
            resource(
                "browser",
                {**FULL, "title": "By hand", "uid": "browser", "version": 1},
                labels={"tailboard": "yes"},
                annotations={**OURS, "grafana.app/saved-from-ui": "Grafana v12.4.0"},
            ),
        ),
        Step("PUT", f"{DASHBOARDS}/browser", resource("browser", FULL)),
        make("restored", labels={"tailboard": "yes"}, annotations=OURS),
        save("same", "Same"),
        patch(f"{DASHBOARDS}/same", {"metadata": {"annotations": OURS}}),
        read("same"),
        save("same", "Same", dashboard={"version": 2}),
        get(f"{DASHBOARDS}/same"),
    ],
    "managers": [
        make("theirs", annotations={**OURS, "grafana.app/managerId": "gcx"}),
        read("theirs"),
        Step("PUT", f"{DASHBOARDS}/theirs", resource("theirs", annotations=OURS)),
        patch(
            f"{DASHBOARDS}/theirs",
            {"metadata": {"annotations": {"grafana.app/managedBy": "terraform"}}},
        ),
        patch(
            f"{DASHBOARDS}/theirs",
            {"metadata": {"annotations": {"grafana.app/managedBy": "tailboard"}}},
        ),
        save("theirs", "Taken", overwrite=True),
        get(f"{DASHBOARDS}/theirs"),
    ],
    "places": [
        make_folder("a", "A"),
        make_folder("b", "B"),
        save("one", folderUid="a"),
        read("one"),
        save("one", folderUid="b", dashboard={"version": 1}),
        save("one", dashboard={"version": 2}),
        read("one"),
        make("two", annotations={"grafana.app/folder": "a"}),
        patch(f"{DASHBOARDS}/two", {"metadata": {"annotations": {"grafana.app/folder": "b"}}}),
        Step("PUT", f"{DASHBOARDS}/two", resource("two")),
        Step(
            "PUT",
            f"{DASHBOARDS}/two",
            resource("two", annotations={"grafana.app/folder": "a"}),
        ),
        read("two"),
    ],
    "apis-folders": [
        Step(
            "POST",
            FOLDERS,
            folder("a", "A", labels={"tailboard": "yes"}, annotations=OURS),
            keep={"first": "metadata.resourceVersion"},
        ),
        make_folder("a", "A"),
        make_folder("same", "A"),
        make_folder("a1", "A1", "a"),
        make_folder("lost", "Lost", "nope"),
        make_folder("empty", ""),
        make_folder("f g", "F"),
        make_folder("x" * 41, "X"),
        make_folder("general", "General"),
        get(f"{FOLDERS}/a"),
        get(f"{FOLDERS}/nope"),
        get(f"{FOLDERS}?labelSelector=tailboard%3Dyes"),
        get(f"{FOLDERS}/a1/parents"),
        get(f"{FOLDERS}/a/counts"),
        Step("PUT", f"{FOLDERS}/a", folder("a", "Renamed", resourceVersion="${first}")),
        Step("PUT", f"{FOLDERS}/a", folder("a", "Stale", resourceVersion="${first}")),
        Step("PUT", f"{FOLDERS}/a", folder("a", "Again")),
        Step("PUT", f"{FOLDERS}/a", folder("a", "Again")),
        Step("PUT", f"{FOLDERS}/same", folder("same", "Moved", "a1")),
        Step("PUT", f"{FOLDERS}/same", folder("same", "Moved", "nowhere")),
        Step("PUT", f"{FOLDERS}/made", folder("made", "Made by PUT")),
        Step("PUT", f"{FOLDERS}/a", folder("a", "A", "a1")),
        patch(f"{FOLDERS}/same", {"metadata": {"annotations": {"grafana.app/folder": None}}}),
        make("inside", annotations={"grafana.app/folder": "a1"}),
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
        get("/api/folders/a1"),
        get("/api/folders/nope"),
        get("/api/folders?parentUid=a"),
        get("/api/folders/a/counts"),
        Step("PUT", "/api/folders/a", {"title": "Renamed"}),
        Step("PUT", "/api/folders/a", {"title": "Renamed", "version": 1}),
        Step("PUT", "/api/folders/a", {"title": "Stale", "version": 1}),
        Step("PUT", "/api/folders/a", {"title": "Forced", "overwrite": True}),
        Step("POST", "/api/folders/same/move", {"parentUid": "a1"}),
        Step("POST", "/api/folders/a/move", {"parentUid": "a1"}),
        Step("POST", "/api/folders/same/move", {"parentUid": ""}),
        get(f"{FOLDERS}/same"),
        make_folder("marked", "M", labels={"tailboard": "yes"}, annotations=OURS),
        Step("PUT", "/api/folders/marked", {"title": "By hand", "overwrite": True}),
        Step("POST", "/api/folders/marked/move", {"parentUid": "a"}),
        get(f"{FOLDERS}/marked"),
        save("inside", folderUid="a1"),
        Step("DELETE", "/api/folders/a1?forceDeleteRules=false"),
        read("inside"),
        Step("DELETE", "/api/folders/a1"),
        Step("DELETE", "/api/folders/nope"),
        get("/api/folders/lost"),
    ],
    "depth": [
        make_folder("n1", "N1"),
        make_folder("n2", "N2", "n1"),
        make_folder("n3", "N3", "n2"),
        make_folder("n4", "N4", "n3"),
        make_folder("n5", "N5", "n4"),
        make_folder("n6", "N6", "n5"),
        Step("POST", "/api/folders", {"uid": "n6", "title": "N6", "parentUid": "n5"}),
        get(f"{FOLDERS}/n5/parents"),
    ],
    "what-a-folder-holds": [
        make_folder("rules", "Rules"),
        Step(
            "POST",
            "/api/v1/provisioning/alert-rules",
            {**RULE, "folderUID": "rules"},
            only=["title"],
        ),
        get("/api/ruler/grafana/api/v1/rules/rules", only=["none"]),
        get(f"{FOLDERS}/rules/counts"),
        get("/api/folders/rules/counts"),
        Step("DELETE", f"{FOLDERS}/rules"),
        Step("DELETE", "/api/folders/rules?forceDeleteRules=false"),
        make_folder("shared", "Shared"),
        Step(
            "POST",
            "/api/library-elements",
            {**LIBRARY_PANEL, "uid": "lib", "folderUid": "shared"},
            only=["none"],
        ),
        get(f"{FOLDERS}/shared/counts"),
        get("/api/ruler/grafana/api/v1/rules/shared"),
        Step("DELETE", f"{FOLDERS}/shared"),
        Step("DELETE", "/api/folders/shared"),
        get(f"{FOLDERS}/shared"),
    ],
    "lists": [
        make_folder("f", "F"),
        make("a1", spec("A1"), labels={"of": "others"}),
        make("a2", spec("A2"), labels={"of": "others"}),
        make(
            "b1",
            spec("B1", tags=["t"]),
            labels={"of": "us"},
            annotations={"grafana.app/folder": "f"},
        ),
        make("b2", spec("B2"), labels={"of": "us"}),
        get(f"{DASHBOARDS}?limit=2", keep={"next": "metadata.continue"}),
        get(f"{DASHBOARDS}?limit=2&continue=${{next}}"),
        get(
            f"{DASHBOARDS}?limit=2&labelSelector=of%3Dus",
            keep={"next": "metadata.continue"},
        ),
        get(f"{DASHBOARDS}?limit=2&labelSelector=of%3Dus&continue=${{next}}"),
        get(f"{DASHBOARDS}?labelSelector=of%3Dus"),
        get(f"{DASHBOARDS}?labelSelector=of%3Dnobody"),
        get(f"{DASHBOARDS}?fieldSelector=metadata.name%3Da1"),
        get(f"{DASHBOARDS}?continue=bad"),
        get(f"{FOLDERS}?limit=1"),
        make_folder("g", "G"),
        get(f"{FOLDERS}?limit=1"),
        get("/api/folders?limit=1&page=2"),
        get("/api/search?type=dash-db"),
        get("/api/search?type=dash-db&limit=3&page=2"),
        get("/api/search?type=dash-db&tag=t"),
        get("/api/search?type=dash-db&folderUIDs=f"),
        get("/api/search?type=dash-db&dashboardUIDs=a2&dashboardUIDs=b1"),
        get("/api/search?type=dash-folder"),
        get("/api/search?limit=5001"),
    ],
    "history": [
        make("one", spec("First"), annotations={"grafana.app/message": "m1", **OURS}),
        Step("PUT", f"{DASHBOARDS}/one", resource("one", spec("Second"), annotations=OURS)),
        save("one", "Third", dashboard={"version": 2}, message="m3"),
        get("/api/dashboards/uid/one/versions"),
        get("/api/dashboards/uid/one/versions?limit=1"),
        get("/api/dashboards/uid/one/versions/1"),
        get("/api/dashboards/uid/one/versions/99", only=["none"]),
        get("/api/dashboards/uid/nope/versions"),
        get(
            f"{DASHBOARDS}?labelSelector=grafana.app/get-history%3Dtrue&fieldSelector=metadata.name%3Done"
        ),
        Step("POST", "/api/dashboards/uid/one/restore", {"version": 1}),
        get(f"{DASHBOARDS}/one"),
        Step("POST", "/api/dashboards/uid/one/restore", {"version": 99}),
        Step("POST", "/api/dashboards/uid/one/restore", {"version": 1}),
        make("kept", labels={"tailboard": "yes"}, annotations=OURS),
        Step("PUT", f"{DASHBOARDS}/kept", resource("kept", spec("Later"), annotations=OURS)),
        Step("POST", "/api/dashboards/uid/kept/restore", {"version": 1}),
        get(f"{DASHBOARDS}/kept"),
        Step("DELETE", f"{DASHBOARDS}/kept"),
        make("kept"),
        get("/api/dashboards/uid/kept/versions"),
    ],
    "data-sources": [
        get("/api/datasources"),
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
        get("/api/datasources"),
        get("/api/datasources", who="none"),
        get("/api/datasources/uid/prom"),
        get("/api/datasources/uid/nope"),
        get("/api/datasources/uid/prom/health", only=["status"]),
        get("/api/datasources/uid/nope/health"),
        Step("DELETE", "/api/datasources/uid/prom", only=["message"]),
    ],
}
