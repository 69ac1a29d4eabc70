"""Random but repeatable requests, to compare two servers on what nobody thought of recording."""

from collections.abc import Callable
from random import Random
from typing import Any

from .exchange import Step
from .scenarios import (
    DASHBOARDS,
    DB,
    FOLDERS,
    FULL,
    OLD_DASHBOARDS,
    OURS,
    folder,
    get,
    patch,
    read,
    resource,
    spec,
)

UIDS = ("u1", "u2", "u3")
PLACES = ("f1", "f2", "f3")
HISTORY = "labelSelector=grafana.app/get-history%3Dtrue&fieldSelector=metadata.name%3D"


def walk(seed: int, length: int = 60) -> list[Step]:
    """The requests of one walk over three dashboards and three folders."""
    chance = Random(seed)
    return [chance.choice(MOVES)(chance) for _ in range(length)]


def _document(chance: Random) -> dict[str, Any]:
    extras: list[dict[str, Any]] = [{}, {"tags": ["x"]}, {"__marker": 1}, {"refresh": "30s"}]
    more = chance.choice(extras)
    small = spec(chance.choice(["One", "Two", "Grün & Blau"]), **more)
    return chance.choice([small, small, small, FULL])


def _annotations(chance: Random) -> dict[str, str]:
    place = {"grafana.app/folder": chance.choice(PLACES)} if chance.random() < 0.4 else {}
    said = {"grafana.app/message": "said"} if chance.random() < 0.2 else {}
    return {**place, **said, **(OURS if chance.random() < 0.4 else {})}


def _resource(chance: Random, uid: str) -> dict[str, Any]:
    labels = {"tailboard": "yes"} if chance.random() < 0.4 else {}
    return resource(uid, _document(chance), annotations=_annotations(chance), labels=labels)


def _address(chance: Random) -> str:
    return chance.choice([DASHBOARDS, DASHBOARDS, OLD_DASHBOARDS])


def _create(chance: Random) -> Step:
    return Step("POST", _address(chance), _resource(chance, chance.choice(UIDS)))


def _replace(chance: Random) -> Step:
    uid = chance.choice(UIDS)
    dry = chance.choice(["", "", "?dryRun=All"])
    return Step("PUT", f"{_address(chance)}/{uid}{dry}", _resource(chance, uid))


def _amend(chance: Random) -> Step:
    change = chance.choice(
        [{"metadata": {"annotations": _annotations(chance)}}, {"spec": {"title": "Patched"}}]
    )
    return patch(f"{DASHBOARDS}/{chance.choice(UIDS)}", change)


def _save(chance: Random) -> Step:
    version = {"version": chance.randrange(4)} if chance.random() < 0.5 else {}
    body: dict[str, Any] = {"overwrite": chance.random() < 0.3}
    if chance.random() < 0.5:
        body["folderUid"] = chance.choice(PLACES)
    document = {**_document(chance), "uid": chance.choice(UIDS), **version}
    return Step("POST", DB, {**body, "dashboard": document})


def _delete(chance: Random) -> Step:
    address = chance.choice([DASHBOARDS, "/api/dashboards/uid"])
    return Step("DELETE", f"{address}/{chance.choice(UIDS)}")


def _look(chance: Random) -> Step:
    uid = chance.choice(UIDS)
    choices = [
        get(f"{DASHBOARDS}/{uid}"),
        get(f"{OLD_DASHBOARDS}/{uid}"),
        read(uid),
        get(f"/api/dashboards/uid/{uid}/versions"),
        get(f"{DASHBOARDS}?{HISTORY}{uid}"),
        get(DASHBOARDS),
        get(f"{DASHBOARDS}?labelSelector=tailboard%3Dyes"),
        get(FOLDERS),
        get(f"/api/folders/{chance.choice(PLACES)}"),
    ]
    return chance.choice(choices)


def _make_folder(chance: Random) -> Step:
    """Parents come before children, so that no folder lies in itself."""
    number = chance.randrange(len(PLACES))
    uid, parent = PLACES[number], chance.choice(["", *PLACES[:number]])
    if chance.random() < 0.5:
        return Step("POST", FOLDERS, folder(uid, f"Title {uid}", parent or None))
    return Step("POST", "/api/folders", {"uid": uid, "title": f"Title {uid}", "parentUid": parent})


def _delete_folder(chance: Random) -> Step:
    return Step("DELETE", f"{chance.choice([FOLDERS, '/api/folders'])}/{chance.choice(PLACES)}")


MOVES: list[Callable[[Random], Step]] = [
    _create,
    _create,
    _replace,
    _replace,
    _amend,
    _save,
    _save,
    _delete,
    _look,
    _look,
    _look,
    _make_folder,
    _make_folder,
    _delete_folder,
]
