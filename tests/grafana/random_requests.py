"""Random but repeatable requests, to compare two servers beyond the recorded scenarios."""

from collections.abc import Callable
from random import Random
from typing import Any

from tests.grafana.exchange import Step
from tests.grafana.scenarios import (
    DASHBOARDS,
    DB,
    FOLDERS,
    FULL_SPEC,
    OLD_DASHBOARDS,
    OWNER_ANNOTATIONS,
    build_folder,
    build_resource,
    build_spec,
    get_step,
    patch_step,
    read_step,
)

UIDS = ("u1", "u2", "u3")
FOLDER_UIDS = ("f1", "f2", "f3")
HISTORY = "labelSelector=grafana.app/get-history%3Dtrue&fieldSelector=metadata.name%3D"


def generate_steps(seed: int, length: int = 60) -> list[Step]:
    """The requests of one walk over three dashboards and three folders."""
    chance = Random(seed)
    return [chance.choice(STEP_GENERATORS)(chance) for _ in range(length)]


def _generate_document(chance: Random) -> dict[str, Any]:
    extras: list[dict[str, Any]] = [{}, {"tags": ["x"]}, {"__marker": 1}, {"refresh": "30s"}]
    extra = chance.choice(extras)
    small = build_spec(chance.choice(["One", "Two", "Grün & Blau"]), **extra)
    return chance.choice([small, small, small, FULL_SPEC])


def _generate_annotations(chance: Random) -> dict[str, str]:
    place = {"grafana.app/folder": chance.choice(FOLDER_UIDS)} if chance.random() < 0.4 else {}
    annotations = {"grafana.app/message": "said"} if chance.random() < 0.2 else {}
    return {**place, **annotations, **(OWNER_ANNOTATIONS if chance.random() < 0.4 else {})}


def _generate_resource(chance: Random, uid: str) -> dict[str, Any]:
    labels = {"tailboard": "yes"} if chance.random() < 0.4 else {}
    return build_resource(
        uid, _generate_document(chance), annotations=_generate_annotations(chance), labels=labels
    )


def _generate_address(chance: Random) -> str:
    return chance.choice([DASHBOARDS, DASHBOARDS, OLD_DASHBOARDS])


def _generate_create(chance: Random) -> Step:
    return Step("POST", _generate_address(chance), _generate_resource(chance, chance.choice(UIDS)))


def _generate_replace(chance: Random) -> Step:
    uid = chance.choice(UIDS)
    dry = chance.choice(["", "", "?dryRun=All"])
    return Step("PUT", f"{_generate_address(chance)}/{uid}{dry}", _generate_resource(chance, uid))


def _generate_patch(chance: Random) -> Step:
    change = chance.choice(
        [
            {"metadata": {"annotations": _generate_annotations(chance)}},
            {"spec": {"title": "Patched"}},
        ]
    )
    return patch_step(f"{DASHBOARDS}/{chance.choice(UIDS)}", change)


def _generate_save(chance: Random) -> Step:
    version = {"version": chance.randrange(4)} if chance.random() < 0.5 else {}
    body: dict[str, Any] = {"overwrite": chance.random() < 0.3}
    if chance.random() < 0.5:
        body["folderUid"] = chance.choice(FOLDER_UIDS)
    document = {**_generate_document(chance), "uid": chance.choice(UIDS), **version}
    return Step("POST", DB, {**body, "dashboard": document})


def _generate_delete(chance: Random) -> Step:
    address = chance.choice([DASHBOARDS, "/api/dashboards/uid"])
    return Step("DELETE", f"{address}/{chance.choice(UIDS)}")


def _generate_read(chance: Random) -> Step:
    uid = chance.choice(UIDS)
    choices = [
        get_step(f"{DASHBOARDS}/{uid}"),
        get_step(f"{OLD_DASHBOARDS}/{uid}"),
        read_step(uid),
        get_step(f"/api/dashboards/uid/{uid}/versions"),
        get_step(f"{DASHBOARDS}?{HISTORY}{uid}"),
        get_step(DASHBOARDS),
        get_step(f"{DASHBOARDS}?labelSelector=tailboard%3Dyes"),
        get_step(FOLDERS),
        get_step(f"/api/folders/{chance.choice(FOLDER_UIDS)}"),
    ]
    return chance.choice(choices)


def _generate_folder(chance: Random) -> Step:
    """Parents come before children, so that no folder lies in itself."""
    number = chance.randrange(len(FOLDER_UIDS))
    uid, parent = FOLDER_UIDS[number], chance.choice(["", *FOLDER_UIDS[:number]])
    if chance.random() < 0.5:
        return Step("POST", FOLDERS, build_folder(uid, f"Title {uid}", parent or None))
    return Step("POST", "/api/folders", {"uid": uid, "title": f"Title {uid}", "parentUid": parent})


def _generate_folder_delete(chance: Random) -> Step:
    return Step(
        "DELETE", f"{chance.choice([FOLDERS, '/api/folders'])}/{chance.choice(FOLDER_UIDS)}"
    )


STEP_GENERATORS: list[Callable[[Random], Step]] = [
    _generate_create,
    _generate_create,
    _generate_replace,
    _generate_replace,
    _generate_patch,
    _generate_save,
    _generate_save,
    _generate_delete,
    _generate_read,
    _generate_read,
    _generate_read,
    _generate_folder,
    _generate_folder,
    _generate_folder_delete,
]
