"""Whether Prometheus would take a scrape: all of it or, for one bad line, nothing."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tailboard.metrics.sample import DIALECTS, Dialect
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.publish.errors import TailboardError

VERSIONS = ("2", "3")
OPENMETRICS_TYPE = "application/openmetrics-text"
TEXT_TYPE = "text/plain"
MEDIA_TYPE = declare_pattern(
    r"\s*([\w!#$&^.+-]+/[\w!#$&^.+-]+)\s*((?:;[^;]*[^;\s][^;]*)*);?\s*", re.ASCII
)
NEXT_OPENMETRICS = declare_pattern(r";\s*version\s*=\s*\"?2\.0\.0\"?\s*(;|$)")


class Problem(NamedTuple):
    """The first line that is refused, and why; 0 where it is no line's fault."""

    line: int
    reason: str


@dataclass(frozen=True)
class Refusal:
    """A scrape that Prometheus refuses: its source, the first problem, the number of wrong lines.

    `versions` are those that refuse it. With `is_estimate`, the number is about right.
    """

    source: str
    problem: Problem
    line_count: int
    versions: tuple[str, ...]
    is_estimate: bool = False

    def describe_problem(self) -> str:
        """The line and the reason."""
        others = self.line_count - 1
        about = "about " if self.is_estimate else ""
        suffix = f", and {about}{others} more lines" if others > 1 else ", and one more line"
        place = f"line {self.problem.line}: " if self.problem.line else ""
        return f"{place}{self.problem.reason}{suffix if others > 0 else ''}"


class RefusedScrapeError(TailboardError):
    """A scrape of which Prometheus would store nothing."""

    exit_code = 1

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(
            f"Prometheus refuses {refusal.source}: {refusal.describe_problem()}",
            tip="correct what the program writes; Prometheus takes all of a scrape or nothing.",
        )


@dataclass
class ScrapeVerdict:
    """What each version of Prometheus finds in each format, line by line."""

    problems: dict[Dialect, Problem] = field(default_factory=dict)
    line_counts: Counter[Dialect] = field(default_factory=Counter)
    has_end: bool = False
    """Whether the last line was OpenMetrics' `# EOF`."""

    is_empty: bool = True
    """Whether all lines are blank."""

    is_estimate: bool = False
    """Whether some lines were counted without a reason for each."""

    @property
    def refused_line_count(self) -> int:
        """How many lines each dialect refuses, of that which refuses the fewest."""
        return min(self.line_counts[dialect] for dialect in DIALECTS)

    def add_problems(self, number: int, problems: Mapping[Dialect, str]) -> None:
        """Note why dialects refuse a line."""
        for dialect, reason in problems.items():
            self.problems.setdefault(dialect, Problem(number, reason))
            self.line_counts[dialect] += 1

    def add_lines(self, count: int) -> None:
        """Count wrong lines, about as many, of which the reasons are not known."""
        self.line_counts.update(dict.fromkeys(DIALECTS, count))
        self.is_estimate = True

    def find_refusal(self, source: str, content_type: str | None) -> Refusal | None:
        """Which versions refuse the scrape; None where all take it.

        A file has no content type: it is OpenMetrics if it ends as that has to.
        """
        problems = {
            version: problem
            for version in VERSIONS
            if (problem := self._find_problem(version, content_type))
        }
        if not problems:
            return None
        version = max(problems)
        dialect = self._choose_dialect(version, content_type)
        problem = problems[version]
        count = self.line_counts[dialect] if problem.line else 0
        return Refusal(source, problem, count, tuple(problems), self.is_estimate)

    def _choose_dialect(self, version: str, content_type: str | None) -> Dialect:
        media_type = _parse_media_type(content_type) if content_type is not None else None
        is_openmetrics = self.has_end if media_type is None else media_type == OPENMETRICS_TYPE
        name = f"{'openmetrics' if is_openmetrics else 'text'} {version}"
        return next(dialect for dialect in DIALECTS if dialect == name)

    def _find_problem(self, version: str, content_type: str | None) -> Problem | None:
        if version == "3" and (reason := _check_content_type(content_type)):
            return Problem(0, reason)
        dialect = self._choose_dialect(version, content_type)
        problem = self.problems.get(dialect)
        if problem is None and dialect.startswith("openmetrics") and not self.has_end:
            return Problem(0, "it does not end with # EOF, as OpenMetrics has to")
        return problem


def _parse_media_type(content_type: str) -> str:
    """The media type without its parameters; plain text where it cannot be read."""
    match = MEDIA_TYPE.fullmatch(content_type)
    return match[1].lower() if match else TEXT_TYPE


def _check_content_type(content_type: str | None) -> str:
    """Why Prometheus 3 reads no answer of this type, unless it is told a fallback."""
    if content_type is None:
        return ""
    if not content_type.strip():
        return "the answer has no Content-Type, and no fallback_scrape_protocol is known"
    match = MEDIA_TYPE.fullmatch(content_type)
    if not match or match[1].lower() not in {TEXT_TYPE, OPENMETRICS_TYPE}:
        return f"it does not read the Content-Type {content_type[:60]}"
    is_next = match[1].lower() == OPENMETRICS_TYPE and NEXT_OPENMETRICS.search(match[2])
    return "OpenMetrics 2.0 is read with a feature flag only" if is_next else ""
