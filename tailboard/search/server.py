"""Matches in what a Grafana holds: dashboards, library panels and its own alert rules."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from tailboard.definitions.exceptions import convert_shape_errors
from tailboard.findings.finding import Place
from tailboard.panels.definition_error import DefinitionError
from tailboard.publish.errors import ServerError, TailboardError
from tailboard.publish.grafana.api import ForbiddenError, LiveDashboard
from tailboard.publish.grafana.clients.responses import (
    parse_response,
    read_object,
    read_objects,
    read_text,
)
from tailboard.publish.grafana.clients.search import (
    ENDLESS_TIP,
    MAX_PAGES,
    PAGE_SIZE,
    fetch_search_hits,
)
from tailboard.publish.grafana.server import Grafana
from tailboard.publish.parallel import MAX_CONCURRENCY, Parallel
from tailboard.queries.subject import (
    GRAFANA_RULE,
    Subject,
    build_document_subject,
    build_query,
)
from tailboard.search.match import Match, MatchKind
from tailboard.search.pattern import SearchPattern
from tailboard.search.subject_search import SubjectSearch

LIBRARY_PAGE_SIZE = 100
EXPRESSION_SOURCES = {"__expr__", "-100"}
"""The uids of Grafana's own expressions, which are no queries."""


@dataclass
class ServerMatches:
    """What was found on a server, and what of it could not be looked at."""

    matches: list[Match] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    dashboard_count: int = 0
    is_complete: bool = True

    def add_note(self, note: str) -> None:
        """Something that could not be looked at."""
        self.notes.append(note)
        self.is_complete = False


def search_server(
    grafana: Grafana, pattern: SearchPattern, kinds: Collection[MatchKind]
) -> ServerMatches:
    """The matches in what the credentials may read, dashboard by dashboard."""
    server_matches = ServerMatches()
    search = SubjectSearch(pattern, kinds)
    matches_by_uid: dict[str, list[Match]] = {}
    for uid, live in _fetch_dashboards(grafana, server_matches):
        if live is None:
            server_matches.add_note(f"the dashboard {uid} may not be read")
            continue
        server_matches.dashboard_count += 1
        source = f"{grafana.address}/d/{quote(uid)}"
        try:
            with convert_shape_errors(live.document):
                subject = build_document_subject(live.document, source)
                matches_by_uid[uid] = search.list_matches(subject)
        except DefinitionError as error:
            server_matches.add_note(f"the dashboard {uid} cannot be read: {error.problem}")
    server_matches.matches = [
        match for uid in sorted(matches_by_uid) for match in matches_by_uid[uid]
    ]
    for list_subjects in (_list_library_panels, _list_rules):
        try:
            for subject in list_subjects(grafana):
                server_matches.matches += [
                    replace(match, owner="library panel") if match.owner == "panel" else match
                    for match in search.list_matches(subject)
                ]
        except (TailboardError, DefinitionError) as error:
            server_matches.add_note(str(error).partition("\n")[0])
    return server_matches


def _fetch_dashboards(
    grafana: Grafana, server_matches: ServerMatches
) -> Iterator[tuple[str, LiveDashboard | None]]:
    """Every dashboard that the search names; None for one that may not be read."""
    action = "searching for dashboards"
    hits = fetch_search_hits(grafana.connection, {"type": "dash-db"}, PAGE_SIZE, action)
    api = grafana.api

    def fetch_if_allowed(uid: str) -> LiveDashboard | None:
        try:
            return api.fetch_dashboard(uid)
        except ForbiddenError:
            return None

    dashboards = Parallel(fetch_if_allowed, [hit["uid"] for hit in hits], MAX_CONCURRENCY)
    yield from dashboards
    if dashboards.error and not server_matches.dashboard_count:
        raise dashboards.error
    if dashboards.error:
        server_matches.add_note(str(dashboards.error).partition("\n")[0])


def _list_library_panels(grafana: Grafana) -> Iterator[Subject]:
    """The library panels, each as a dashboard of one panel."""
    action = "listing the library panels"
    known_uids: set[str] = set()
    for page in range(1, MAX_PAGES + 1):
        response = grafana.connection.request(
            "GET",
            "/api/library-elements",
            params={"kind": 1, "perPage": LIBRARY_PAGE_SIZE, "page": page},
        )
        if response.status == 404:
            return
        elements = parse_response(response, action, _parse_elements)
        uids = {uid for uid, _, _ in elements}
        if elements and uids <= known_uids:
            raise ServerError(f"{action}: page {page} repeats earlier ones", tip=ENDLESS_TIP)
        known_uids |= uids
        for _, name, model in elements:
            document = {"title": name, "uid": name, "panels": [{**model, "title": name}]}
            with convert_shape_errors(document):
                yield build_document_subject(document, f"{grafana.address}/library-panels")
        if len(elements) < LIBRARY_PAGE_SIZE:
            return
    raise ServerError(f"{action}: there are more than {MAX_PAGES} pages", tip=ENDLESS_TIP)


def _list_rules(grafana: Grafana) -> Iterator[Subject]:
    """The alert rules that Grafana itself evaluates, group by group."""
    action = "listing the alert rules"
    response = grafana.connection.request("GET", "/api/v1/provisioning/alert-rules")
    if response.status == 404:
        return
    yield from parse_response(
        response, action, lambda body: _parse_rules(body, f"{grafana.address}/alerting/list")
    )


def _parse_elements(body: Any) -> list[tuple[str, str, dict[str, Any]]]:
    elements = read_objects(read_object(body["result"])["elements"])
    return [
        (read_text(element["uid"]), read_text(element["name"]), read_object(element["model"]))
        for element in elements
    ]


def _parse_rules(body: Any, source: str) -> list[Subject]:
    rules_by_group: dict[str, list[Any]] = {}
    for rule in read_objects(body):
        group, title = read_text(rule.get("ruleGroup")), read_text(rule.get("title"))
        content = {
            "alert": title,
            GRAFANA_RULE: title,
            "labels": rule.get("labels") or {},
            "annotations": rule.get("annotations") or {},
        }
        for query in read_objects(rule.get("data")):
            model = read_object(query.get("model") or {})
            text = read_text(model.get("expr"))
            if not text or query.get("datasourceUid") in EXPRESSION_SOURCES:
                continue
            place = Place(source, group, title, read_text(query.get("refId")))
            pair = (build_query(place, text, content), content)
            rules_by_group.setdefault(group, []).append(pair)
    return [
        Subject(Place(source, group), {"groups": []}, rules=tuple(rules))
        for group, rules in rules_by_group.items()
    ]
