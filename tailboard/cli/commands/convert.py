"""`tailboard convert`: the JSON of dashboards becomes definitions in Python."""

from pathlib import Path
from typing import Any

import click

from tailboard.cli.options.common import JSON_OPTION
from tailboard.cli.options.grafana_options import ENVIRONMENT_HELP, add_optional_grafana_options
from tailboard.dashboards.uid import UID_PATTERN
from tailboard.publish.grafana.server import Grafana

EXAMPLE = f"""{ENVIRONMENT_HELP}\b
Example:
  tailboard convert dashboard.json --out definitions
"""


@click.command("convert", epilog=EXAMPLE)
@click.argument("sources", nargs=-1, required=True, metavar="FILE|UID...")
@add_optional_grafana_options
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write to; without one, the only definition goes to stdout.",
)
@click.option(
    "--strict",
    "is_strict",
    is_flag=True,
    help="Write no definition that builds another dashboard than its JSON; exit 1.",
)
@click.option("--force", is_flag=True, help="Overwrite files that say something else.")
@JSON_OPTION
def command(
    sources: tuple[str, ...],
    grafana: Grafana | None,
    owner: str,
    folder: Path | None,
    is_strict: bool,
    force: bool,
    as_json: bool,
) -> int:
    """Write dashboards' JSON as definitions in Python.

    A source is a file, a folder of files, or the uid of a dashboard in Grafana. Panels that
    tailboard has ready become the calls that build them, rows stay the table of contents, and what
    Grafana does by default is left out. Each definition is run, built and compared with its JSON
    before it is written; what it builds otherwise stands in its docstring and on stderr.
    """
    from tailboard.cli.converted_definitions import write_definitions
    from tailboard.definitions.load import find_definitions, load_definition

    contents: dict[str, Any] = {}
    paths = [Path(source) for source in sources if _is_path(source)]
    uids = [source for source in sources if not _is_path(source)]
    for path in find_definitions(paths, (".json",)):
        if path.suffix == ".py":
            raise click.UsageError(f"{path} is a definition in Python already.")
        contents[str(path)] = next(iter(load_definition(path, [])))
    if uids and grafana is None:
        raise click.UsageError(
            f"{uids[0]!r} is no file. For a dashboard of this uid say --grafana URL, or set "
            "GRAFANA_URL."
        )
    missing_uids: list[str] = []
    if uids and grafana is not None:
        from tailboard.cli.pulled_dashboards import fetch_definitions

        definitions, missing_uids = fetch_definitions(grafana, uids, owner)
        contents |= {uid: definition.resource for uid, definition in definitions.items()}
    if folder is None and len(contents) > 1 and not as_json:
        raise click.UsageError(
            f"{len(contents)} definitions are too many for stdout. Name a folder with --out."
        )
    return write_definitions(
        contents,
        folder,
        is_strict=is_strict,
        force=force,
        as_json=as_json,
        missing_uids=missing_uids,
    )


def _is_path(source: str) -> bool:
    """Whether a source is a file: it is there, or its name could not be a uid."""
    return Path(source).exists() or not UID_PATTERN.fullmatch(source)
