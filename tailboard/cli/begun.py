"""A definition that `tailboard init` begins: its file, and what there is to say of it."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from tailboard.cli.terminal import tell
from tailboard.init.definition_text import Draft, definition_text
from tailboard.init.report import as_json, told
from tailboard.metrics.exposition import Catalogue
from tailboard.panels import Service
from tailboard.publish.errors import TailboardError

STDOUT = Path("-")
FOLDER = Path("definitions")


@dataclass(frozen=True)
class Begun:
    """What a definition declares, what there is, and the options by which `check` asks for it.

    `guessed` says what of it nobody said: the name, the job.
    """

    draft: Draft
    there: Catalogue
    asked: Sequence[str]
    guessed: Sequence[str] = ()

    def target(self, file: Path | None) -> Path:
        """The file that was named, else one called like the service."""
        draft = self.draft
        service = Service(draft.name, {"job": draft.name}, draft.recognised.convention)
        return file or (FOLDER if FOLDER.is_dir() else Path()) / f"{service.slug}.py"

    def write(self, target: Path, *, force: bool) -> None:
        """Write the definition; raises `TailboardError` or `OSError` where it cannot be."""
        text = definition_text(self.draft)
        if target == STDOUT:
            click.echo(text, nl=False)
            return
        if target.suffix != ".py":
            raise TailboardError(f"{target} is not a Python file", tip="give it the suffix .py.")
        try:
            with target.open("w" if force else "x", encoding="utf-8") as stream:
                stream.write(text)
        except FileExistsError as error:
            raise TailboardError(
                f"{target} is there already", tip="name another file with --out, or use --force."
            ) from error

    def report(self, target: Path) -> dict[str, Any]:
        """What was recognised, for programs."""
        return {"file": str(target), **as_json(self.draft, self.there)}

    def say(self, target: Path) -> None:
        """Tell what was recognised, and what to do next."""
        for line in told(self.draft, self.there):
            tell(line)
        if target == STDOUT:
            return
        if self.draft.guessed:
            self._say_guessed(target)
        else:
            look_at = ", ".join([*self.guessed, *self._promised()])
            tell(f"Wrote {target}. {f'Look at {look_at}, then' if look_at else 'Then'}:")
        next_steps([target], self.asked)

    def _say_guessed(self, target: Path) -> None:
        """Tell which options to set before anything else, and how."""
        draft = self.draft
        found = ", ".join(f"the {it} {draft.name!r}" for it in draft.guessed)
        tell(f"Wrote {target}. First of all set what is only a guess: {found}.")
        tell("A server knows the program by its job; another one's panels are all empty:")
        name = "NAME" if "name" in draft.guessed else shlex.quote(draft.name)
        asked, file = shlex.join(self.asked), shlex.quote(str(target))
        tell(f"  tailboard init {asked} --name {name} --job JOB --out {file} --force")
        tell("Then look at the objectives, and:" if self._promised() else "Then:")

    def _promised(self) -> list[str]:
        """What there is to look at of the objectives."""
        promises = self.draft.promises
        some = promises.latency is not None or promises.availability is not None
        return ["the objectives"] if some else []


def next_steps(targets: Sequence[Path], asked: Sequence[str]) -> None:
    """Tell the commands that show whether definitions are right."""
    files = shlex.join(str(it) for it in targets)
    tell(f"  tailboard build {files}")
    tell(f"  tailboard lint {files}")
    tell(f"  tailboard check {files} {shlex.join(asked)}")
