"""`tailboard find`: where a metric, a label, a data source or a text is used."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from tailboard.cli.options.common import JSON_OPTION
from tailboard.cli.options.grafana_options import ENVIRONMENT_HELP, add_explicit_grafana_options
from tailboard.cli.options.parameter_types import Choice
from tailboard.cli.reports.terminal import (
    Line,
    print_error,
    print_json_report,
    print_lines,
    print_message,
)
from tailboard.publish.grafana.server import Grafana
from tailboard.publish.plural import format_count
from tailboard.search.files import search_files
from tailboard.search.match import MATCH_KINDS, Match, MatchKind
from tailboard.search.pattern import SearchPattern
from tailboard.search.server import ServerMatches, search_server

ANY = "any"
MAX_TEXT_LENGTH = 160
CONTEXT_LENGTH = 60
COLORS = {"metric": "green", "label": "cyan", "data-source": "magenta", "text": None}

EXAMPLE = f"""{ENVIRONMENT_HELP}\b
Example:
  tailboard find orders orders.py
"""


@click.command("find", epilog=EXAMPLE)
@click.argument("text")
@click.argument("definitions", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--as",
    "kind",
    type=Choice([*MATCH_KINDS, ANY]),
    default=ANY,
    show_default=True,
    help="What to look for; text is found anywhere, the others are whole names.",
)
@add_explicit_grafana_options
@click.option(
    "--count", "is_count", is_flag=True, help="Print only how many matches each file has."
)
@JSON_OPTION
def command(
    text: str,
    definitions: tuple[Path, ...],
    kind: str,
    grafana: Grafana | None,
    is_count: bool,
    as_json: bool,
) -> int:
    """Find where a metric, a label or a text is used.

    Looks at panels, variables, annotations, links, alert and recording rules: of definitions, JSON
    documents and rule files, and with --grafana of a server. Names are found in the parsed
    queries: a histogram with its _bucket, _sum and _count, and selectors that match it by a
    pattern. Texts are found in titles, descriptions, legends and queries of any language. A * in
    TEXT stands for any characters.

    Exits with 0 if there is a match, with 1 if there is none, with 4 if something could not be
    read.
    """
    if not text.strip("* \t\r\n"):
        raise click.UsageError("what is looked for? TEXT is empty.")
    if not definitions and grafana is None:
        raise click.UsageError(
            "where? Name definitions, JSON documents or rule files, or say --grafana URL."
        )
    pattern = SearchPattern(text)
    kinds: Sequence[MatchKind] = [name for name in MATCH_KINDS if kind in {name, ANY}]
    file_matches = search_files(definitions, pattern, kinds)
    server_matches = search_server(grafana, pattern, kinds) if grafana else ServerMatches()
    matches = [*file_matches.matches, *server_matches.matches]
    if as_json:
        print_json_report({"matches": [_build_match_json(match) for match in matches]})
    else:
        print_lines(_render_counts(matches) if is_count else map(_render_match, matches))
    for error in file_matches.errors:
        print_error(str(error))
    for note in server_matches.notes:
        print_message(f"Note: {note}")
    subject_text = format_count(
        file_matches.subject_count, "dashboard or rule set", "dashboards and rule sets"
    )
    server_text = format_count(server_matches.dashboard_count, "dashboard")
    print_message(
        f"{_count_kinds(matches)} in {subject_text}"
        + (f" and {server_text} of {grafana.address}" if grafana else "")
    )
    if file_matches.errors and not file_matches.subject_count and grafana is None:
        return 2
    if file_matches.errors or not server_matches.is_complete:
        return 4
    return int(not matches)


def _count_kinds(matches: Sequence[Match]) -> str:
    counts = Counter(match.kind for match in matches)
    parts = [f"{counts[kind]} {kind}" for kind in MATCH_KINDS if counts[kind]]
    return format_count(len(matches), "match", "matches") + (
        f" ({', '.join(parts)})" if len(parts) > 1 else ""
    )


def _render_counts(matches: Sequence[Match]) -> Iterator[str]:
    for source, count in Counter(match.place.source for match in matches).items():
        yield f"{source}:{count}"


def _render_match(match: Match) -> Line:
    """As grep writes it: file, line, and what stands there."""
    line = f":{match.line}" if match.line else ""
    return Line(
        f" {match.name} in {match.field}: {_shorten(match)}",
        label=f"{match.place.source}{line}: {match.place.location}: {match.kind}",
        color=COLORS[match.kind],
    )


def _shorten(match: Match) -> str:
    """The text around the name, in one line."""
    text = " ".join(match.text.split())
    if len(text) <= MAX_TEXT_LENGTH:
        return text
    position = max(0, text.lower().find(match.name.lower()) - CONTEXT_LENGTH)
    end = position + MAX_TEXT_LENGTH
    return f"{'...' if position else ''}{text[position:end]}{'...' if end < len(text) else ''}"


def _build_match_json(match: Match) -> dict[str, object]:
    place = asdict(match.place)
    del place["panel_id"]
    return {
        "kind": match.kind,
        "name": match.name,
        "owner": match.owner,
        **place,
        **({"panel_id": match.panel_id} if match.panel_id else {}),
        "field": match.field,
        "line": match.line,
        "text": match.text,
    }
