"""Checking subjects against a server: from their queries to a state for each, and evidence."""

from collections.abc import Callable, Iterable

from tailboard.check.checking import Checked
from tailboard.check.state import Answer
from tailboard.prometheus.asking import Asked, ask
from tailboard.prometheus.expanded import Expanded, expanded
from tailboard.prometheus.explaining import explained, needed, told, unasked
from tailboard.prometheus.gathering import gathered
from tailboard.prometheus.programs import Programs
from tailboard.prometheus.report import Report
from tailboard.prometheus.scraping import scraping
from tailboard.prometheus.selection import Selection
from tailboard.prometheus.server import Server
from tailboard.prometheus.windows import Windows
from tailboard.publish.at_once import Parallel
from tailboard.publish.errors import TailboardError
from tailboard.queries.recorded import recorded_by
from tailboard.queries.subject import Subject

Steps = Callable[[str, int], Callable[[], None]]
"""Told what is done now, and how many there are; what it gives is called after each."""


def no_steps(_: str, __: int) -> Callable[[], None]:
    """Nobody looks."""
    return lambda: None


def check(
    subjects: Iterable[Subject],
    server: Server,
    windows: Windows,
    *,
    at_once: int = 4,
    steps: Steps = no_steps,
) -> Report:
    """Ask for everything that the subjects ask for.

    Where the server does not answer any more, what it did answer is reported. Raises only where it
    answered nothing.
    """
    subjects = list(subjects)
    queries = [it for subject in subjects for it in expanded(subject, server, windows)]
    texts = list(dict.fromkeys(it.query.text for it in queries))
    asked = ask(server, texts, at_once, steps("Asking", len(texts)))
    if asked.stopped and not asked.outcomes:
        raise asked.stopped
    programs = Programs(server)
    stopped, evidence = asked.stopped, []
    answers: list[Answer] = []
    if not stopped:
        try:
            chosen = _load(queries, programs, at_once, steps)
            recorded = recorded_by(rule for subject in subjects for rule in subject.rules)
            answers = [
                explained(it, asked.outcomes[it.query.text], programs, recorded) for it in queries
            ]
            evidence = gathered(subjects, queries, chosen, programs)
            evidence.append(scraping(queries, chosen, programs))
        except TailboardError as error:
            stopped = error
    answers = answers or [_without_reasons(it, asked) for it in queries]
    checked = [_checked(it, answer) for it, answer in zip(queries, answers, strict=True)]
    return Report(checked, evidence, stopped)


def _load(
    queries: list[Expanded], programs: Programs, at_once: int, steps: Steps
) -> dict[Selection, set[str]]:
    """Ask what the programs expose of what the queries name, some targets at once."""
    chosen = needed(queries, programs)
    tick = steps("Looking at metrics", len(chosen))
    work = Parallel(lambda it: programs.load(it, chosen[it]), chosen, at_once)
    for _ in work:
        tick()
    if work.stopped:
        raise work.stopped
    return chosen


def _without_reasons(asked: Expanded, there: Asked) -> Answer:
    """The state of a query when the server cannot say why it gives nothing."""
    outcome = there.outcomes.get(asked.query.text)
    if outcome is None:
        return unasked("the server did not answer any more")
    why = "it gives nothing, and the server did not answer why"
    return told(asked, outcome) or unasked(why)


def _checked(asked: Expanded, answer: Answer) -> Checked:
    return Checked(asked.query.place, answer.state, answer.problem, answer.tip, asked.text)
