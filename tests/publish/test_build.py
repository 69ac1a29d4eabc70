"""What a build says, and that the same definitions always make the same bytes."""

import json
from typing import Any

import pytest

from tailboard.panels.conventions import CONVENTIONS
from tests.publish.workshop import GOOD, Workshop, files

DEFINITION = """
from tailboard.dashboards.library import business
from tailboard.panels import Objectives, Service
from tailboard.panels.conventions import FASTAPI_INSTRUMENTATOR, PROMETHEUS_CLIENT, PUSHGATEWAY_JOBS

ORDERS = Service(
    "orders",
    {"job": "orders-api"},
    PROMETHEUS_CLIENT,
    objectives=Objectives(latency={0.95: 0.5, 0.99: 1.0}, availability=0.999),
)
services = [
    ORDERS,
    Service("shop", {"job": "shop"}, FASTAPI_INSTRUMENTATOR, histograms="both"),
    Service("reports", {"job": "reports"}, PUSHGATEWAY_JOBS),
]
dashboard = business(ORDERS, operations={"Orders": ("orders_total", {"outcome": "ok"})})
"""

ALL_FORMATS = [it for name in ("api", "import", "provisioning") for it in ("--format", name)]


def test_a_summary_as_json_says_what_was_done(workshop: Workshop) -> None:
    workshop.write("good.py", GOOD)
    assert workshop.build("good.py", "--json").json == {
        "dashboards": 1,
        "notes": [],
        "out": "dist",
        "removed": [],
        "rules": {},
        "unchanged": 0,
        "written": ["dashboards/good.json"],
    }


def test_a_summary_for_people_goes_to_stderr(workshop: Workshop) -> None:
    workshop.write("good.py", GOOD)
    run = workshop.build("good.py")
    assert not run.out
    assert "1 dashboard: 1 file written, 0 unchanged, 0 removed in dist" in run.err
    workshop.write(
        "more.py", "from tailboard.dashboards import Dashboard\ndashboard = Dashboard('More')"
    )
    assert "2 dashboards: 1 file written, 1 unchanged" in workshop.build("good.py", "more.py").err


@pytest.mark.parametrize("convention", [it.name for it in CONVENTIONS])
def test_the_library_is_built_for_every_convention(convention: str, workshop: Workshop) -> None:
    run = workshop.build("--convention", convention, "--json", *ALL_FORMATS)
    assert run.json["dashboards"] == len(workshop.uids()) > 0
    assert (
        workshop.tailboard("build", "--convention", convention, "--check", *ALL_FORMATS).code == 0
    )


def test_two_processes_with_other_hashes_write_the_same_bytes(workshop: Workshop) -> None:
    workshop.write("shop.py", DEFINITION)
    built: list[dict[str, bytes]] = []
    for seed in ("1", "2"):
        run = workshop.child("build", "shop.py", *ALL_FORMATS, PYTHONHASHSEED=seed)
        assert run.code == 0, run.said
        built.append(files(workshop.state()))
        for path in (workshop.root / "dist").rglob("*.*"):
            path.unlink()
    assert built[0] == built[1]
    assert len(built[0]) > 10


def test_the_order_of_the_definitions_does_not_change_a_document(workshop: Workshop) -> None:
    workshop.write("shop.py", DEFINITION)
    workshop.write("good.py", GOOD)
    workshop.build("shop.py", "good.py")
    before = workshop.state()
    workshop.build("good.py", "shop.py")
    assert workshop.state() == before


def test_documents_are_sorted_indented_and_end_with_a_newline(workshop: Workshop) -> None:
    workshop.write("shop.py", DEFINITION)
    workshop.build("shop.py")
    for path in (workshop.root / "dist/dashboards").glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith('{\n  "annotations": {\n    "')
        assert text.endswith("\n}\n")
        json.loads(text, object_pairs_hook=sorted_pairs)


def sorted_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, whose keys have to be in order."""
    assert pairs == sorted(pairs, key=lambda pair: pair[0])
    return dict(pairs)


def test_a_document_built_again_from_its_own_json_is_the_same(workshop: Workshop) -> None:
    workshop.write("shop.py", DEFINITION)
    workshop.build("shop.py", "--out", "once")
    workshop.build("once/dashboards/orders-overview.json")
    once = (workshop.root / "once/dashboards/orders-overview.json").read_bytes()
    assert (workshop.root / "dist/dashboards/orders-overview.json").read_bytes() == once


def test_an_import_built_again_from_its_own_json_keeps_its_panels(workshop: Workshop) -> None:
    workshop.write("good.py", GOOD)
    workshop.build("good.py", "--format", "import", "--out", "once")
    workshop.build("once/import/good.json")
    assert panels(workshop.document("good")) == panels(workshop.document("good", "once/import"))


def panels(made: dict[str, Any]) -> list[str]:
    return [panel["title"] for panel in made["panels"]]


PEAK = """
    import sys, tracemalloc
    from tailboard.cli.main import main

    main(["build", "warm.py"])
    tracemalloc.start()
    assert main(["build", "many.py"]) == 0
    print(tracemalloc.get_traced_memory()[1])
"""


def test_memory_does_not_grow_with_the_number_of_dashboards(workshop: Workshop) -> None:
    workshop.write("warm.py", GOOD)
    peaks: list[int] = []
    for count in (200, 2000):
        workshop.write(
            "many.py",
            f"""
            from tailboard.dashboards import Dashboard, Row
            from tailboard.panels.kinds import text

            def made():
                for n in range({count}):
                    words = f"{{n}} " * 4000
                    yield Dashboard(f"Board {{n}}", rows=[Row("R", [text("Words", words)])])

            dashboards = made()
            """,
        )
        run = workshop.child(program=PEAK)
        assert run.code == 0, run.said
        assert len(workshop.uids()) == count
        peaks.append(int(run.out))
    small, large = peaks
    # All documents together are 40 MB; what remains of each is its name and its hash.
    assert large - small < 4_000_000, peaks


def test_services_of_two_definitions_stand_in_one_fleet(workshop: Workshop) -> None:
    for name in ("orders", "billing"):
        workshop.write(
            f"defs/{name}.py",
            f"""
            from tailboard.panels import Service
            from tailboard.panels.conventions import PROMETHEUS_CLIENT

            services = [Service("{name}", {{"job": "{name}"}}, PROMETHEUS_CLIENT)]
            """,
        )
    assert workshop.build("defs").code == 0
    fleet = (workshop.root / "dist/dashboards/fleet.json").read_text("utf-8")
    assert "orders" in fleet
    assert "billing" in fleet


SERVICES = """
from tailboard.panels import Service
from tailboard.panels.conventions import FLOWER
services = [Service({name!r}, {{"job": {name!r}}}, FLOWER)]
"""


def test_services_of_one_name_in_two_definitions_are_both_named(workshop: Workshop) -> None:
    workshop.write("a.py", SERVICES.format(name="Mail"))
    workshop.write("b.py", SERVICES.format(name="mail"))
    run = workshop.tailboard("build", "a.py", "b.py")
    assert run.code == 2
    assert "b.py: dashboard 'Mail / Overview' has the uid 'mail-overview'" in run.err
    assert "in a.py" in run.err
    assert not (workshop.root / "dist").exists()


def test_a_dashboard_may_not_take_the_uid_of_the_fleet(workshop: Workshop) -> None:
    workshop.write("a.py", SERVICES.format(name="mail"))
    workshop.write(
        "b.py", "from tailboard.dashboards import Dashboard\ndashboard = Dashboard('Fleet')\n"
    )
    for order in (("a.py", "b.py"), ("b.py", "a.py")):
        run = workshop.tailboard("build", *order)
        assert run.code == 2
        assert "'fleet'" in run.err
        assert "in b.py" in run.err
        assert "Traceback" not in run.err


def test_check_knows_the_fleet_of_several_definitions(workshop: Workshop) -> None:
    for name in ("mail", "pictures"):
        workshop.write(f"{name}.py", SERVICES.format(name=name))
    workshop.build("mail.py", "pictures.py")
    assert workshop.tailboard("build", "mail.py", "pictures.py", "--check").code == 0
    workshop.write("pictures.py", SERVICES.format(name="photos"))
    run = workshop.tailboard("build", "mail.py", "pictures.py", "--check")
    assert run.code == 1
    assert "stale  dist/dashboards/photos-overview.json" in run.err
    assert "obsolete  dist/dashboards/pictures-overview.json" in run.err
