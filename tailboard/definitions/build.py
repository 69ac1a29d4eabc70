"""One build: all definitions, and the files that the formats make of what they declare."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from tailboard.dashboards.document import Document
from tailboard.definitions.compiler import Compilation, Compiler
from tailboard.definitions.json_overrides import read_json_uids
from tailboard.definitions.source import Source
from tailboard.panels.definition_error import DefinitionError, locate_errors
from tailboard.panels.record import record
from tailboard.publish.formats import File, Format, FormatOptions

if TYPE_CHECKING:
    from tailboard.alerts.rule_set import RuleSet
    from tailboard.dashboards.schema_v2.row_layout import RowLayout
    from tailboard.panels.service import Service


class Progress(Protocol):
    """Who wants to know how far a build is."""

    def count_definition(self) -> None:
        """One definition is done."""

    def count_dashboard(self) -> None:
        """One dashboard, or the rules of one service, are done."""


class Build:
    """One run over all definitions, which goes on after a mistake so that it finds them all.

    With several `jobs`, definitions are compiled side by side in processes: the results are the
    same in the same order, but have no documents, and the formats are those of the list.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        formats: Sequence[Format],
        format_options: FormatOptions,
        jobs: int = 1,
    ) -> None:
        self.sources = sources
        self.errors: list[DefinitionError] = []
        self.uids: dict[str, str] = {}
        self.rules: dict[str, RuleSet] = {}
        self.fleet: list[Service] = []
        self.notes: list[str] = []
        self._jobs = jobs
        json_paths = read_json_uids(source.path for source in sources)
        self._compiler = Compiler(formats, format_options, json_paths)

    def build_files(self, progress: Progress) -> Generator[File]:
        """The files of every definition's dashboards and rules, one at a time."""
        for result in self.build_results(progress):
            yield from result.files

    def build_results(self, progress: Progress) -> Iterator["BuildResult"]:
        """Every dashboard and rule set; none any more once a mistake was found."""
        for source, compilations in self._compile_sources():
            for compilation in compilations:
                result = self._add_compilation(compilation, source)
                if result and not self.errors:
                    yield result
                    progress.count_dashboard()
            progress.count_definition()

    def _compile_sources(self) -> Iterator[tuple[Source, Iterable[Compilation]]]:
        """The definitions, then the one dashboard that all their services share."""
        if self._jobs > 1:
            from tailboard.definitions.side_by_side import compile_side_by_side

            yield from compile_side_by_side(self._compiler, self.sources, self._jobs, self.fleet)
        else:
            for source in self.sources:
                yield source, self._compiler.compile_source(source, self.fleet)
        if self.fleet:
            fleet_source = Source("the fleet", services=self.fleet)
            yield fleet_source, self._compiler.compile_source(fleet_source, [])

    def _add_compilation(self, compilation: Compilation, source: Source) -> "BuildResult | None":
        """What one declaration adds, unless it contradicts those before it, or is wrong itself."""
        try:
            with locate_errors(source.name):
                if compilation.uid:
                    self._register_uid(compilation, source)
                if compilation.rules:
                    self._register_rules(compilation.rules)
        except DefinitionError as error:
            self.errors.append(error)
            return None
        if compilation.error:
            self.errors.append(compilation.error)
            return None
        self.notes += compilation.notes
        if not compilation.uid and not compilation.rules:
            return None
        return BuildResult(
            source.name,
            compilation.files,
            compilation.document,
            compilation.folder,
            compilation.rows,
        )

    def _register_rules(self, rules: "RuleSet") -> None:
        if rules.slug in self.rules:
            raise DefinitionError(
                f"the service {rules.service.name!r} has rules already, of another definition",
                tip="give each service a name of its own, or declare its rules in one place.",
            )
        self.rules[rules.slug] = rules

    def _register_uid(self, compilation: Compilation, source: Source) -> None:
        """Two dashboards of one uid would overwrite each other in Grafana, in turn."""
        uid, title = compilation.uid, compilation.title
        if uid in self.uids:
            raise DefinitionError(
                f"dashboard {title!r} has the uid {uid!r}, which {self.uids[uid]} has too",
                tip="give one of them another uid; a uid names one dashboard in Grafana.",
            )
        self.uids[uid] = f"{title!r} in {source.name}"


@record
class BuildResult:
    """The files of one dashboard or of one service's rules.

    Of a dashboard also its document, the folder of Grafana that it names, and the rows that only
    schema v2 lays out as they are declared.
    """

    source: str
    files: list[File]
    document: Document | None = None
    folder: str = ""
    rows: "Sequence[RowLayout]" = ()
