"""One build: all definitions, and the files that the formats make of what they declare."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tailboard.alerts import RuleSet
from tailboard.dashboards import document, folder_of
from tailboard.dashboards.document import Document
from tailboard.dashboards.library import library, of_fleet
from tailboard.definitions import definition
from tailboard.definitions.mistakes import noted, shaped
from tailboard.definitions.replacing import replaced_by, uids_in_json
from tailboard.panels import Service, every_service
from tailboard.panels.conventions import convention as convention_named
from tailboard.panels.definition_error import DefinitionError, inside
from tailboard.publish.formats import File, Format, Surroundings


class Progress(Protocol):
    """Who wants to know how far a build is."""

    def definition(self) -> None:
        """One definition is done."""

    def dashboard(self) -> None:
        """One dashboard, or the rules of one service, are done."""


class Build:
    """One run over all definitions, which goes on after a mistake so that it finds them all."""

    def __init__(
        self, sources: Sequence["Source"], formats: Sequence[Format], surroundings: Surroundings
    ) -> None:
        self.sources = sources
        self.formats = formats
        self.surroundings = surroundings
        self.errors: list[DefinitionError] = []
        self.uids: dict[str, str] = {}
        self.rules: dict[str, RuleSet] = {}
        self.fleet: list[Service] = []
        self.notes: list[str] = []
        self._in_json = uids_in_json(it.path for it in sources)

    def files(self, progress: Progress) -> Iterator[File]:
        """The files of every definition's dashboards and rules, one at a time."""
        for made in self.made(progress):
            yield from made.files

    def made(self, progress: Progress) -> Iterator["Made"]:
        """Every dashboard and rule set; none any more once a mistake was found."""
        for source in self._with_fleet():
            for made in self._made_of(source):
                yield made
                progress.dashboard()
            progress.definition()

    def _with_fleet(self) -> Iterator["Source"]:
        """The definitions, then the one dashboard that all their services share."""
        yield from self.sources
        if self.fleet:
            yield Source("the fleet", services=self.fleet)

    def _made_of(self, source: "Source") -> Iterator["Made"]:
        with noted(self.errors):
            for one in source.declared(self.fleet):
                made = None
                with noted(self.errors), inside(source.name):
                    make = self._rules if isinstance(one, RuleSet) else self._dashboard
                    made = make(one, source)
                if made and not self.errors:
                    yield made

    def _dashboard(self, dashboard: Any, source: "Source") -> "Made | None":
        with shaped(dashboard):
            made = document(dashboard)
            if json := replaced_by(made["uid"], source.path, self._in_json):
                self.notes.append(f"{json} takes the place of {made['title']!r} in {source.name}")
                return None
            self._claim(made, source)
            files = [file for it in self.formats for file in it.per_document(made)]
            said = (note for it in self.formats for note in it.notes(made))
            self.notes += [f"{made['title']!r} in {source.name}: {note}" for note in said]
            return Made(source.name, files, made, folder_of(dashboard))

    def _rules(self, rules: RuleSet, source: "Source") -> "Made | None":
        if rules.slug in self.rules:
            raise DefinitionError(
                f"the service {rules.service.name!r} has rules already, of another definition",
                tip="give each service a name of its own, or declare its rules in one place.",
            )
        self.rules[rules.slug] = rules
        files = [it for one in self.formats for it in one.per_rules(rules, self.surroundings)]
        return Made(source.name, files)

    def _claim(self, made: dict[str, Any], source: "Source") -> None:
        """Two dashboards of one uid would overwrite each other in Grafana, in turn."""
        uid, title = made["uid"], made["title"]
        if uid in self.uids:
            raise DefinitionError(
                f"dashboard {title!r} has the uid {uid!r}, which {self.uids[uid]} has too",
                tip="give one of them another uid; a uid names one dashboard in Grafana.",
            )
        self.uids[uid] = f"{title!r} in {source.name}"


@dataclass(frozen=True)
class Made:
    """The files of one dashboard or of one service's rules.

    Of a dashboard also its document, and the folder of Grafana that it names.
    """

    source: str
    files: list[File]
    document: Document | None = None
    folder: str = ""


@dataclass(frozen=True)
class Source:
    """Where dashboards come from: a definition, a convention of the library, or many services."""

    name: str
    path: Path | None = None
    convention: str = ""
    services: Sequence[Service] = ()

    def declared(self, fleet: list[Service]) -> Iterator[Any]:
        """Its dashboards and rule sets, one at a time; its services are added to the fleet."""
        if self.services:
            return of_fleet(self.services)
        if self.path:
            return definition.declared(self.path, fleet)
        return library([every_service(convention_named(self.convention))])
