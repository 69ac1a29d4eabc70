"""A definition that `tailboard init` begins: its file, and what there is to say of it."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tailboard.cli.reports.terminal import print_message, print_raw
from tailboard.init.definition_text import Draft, render_definition
from tailboard.init.module_names import is_module_name
from tailboard.init.report import build_report_json, render_report
from tailboard.metrics.catalogue import Catalogue
from tailboard.panels import Service
from tailboard.publish.errors import TailboardError

STDOUT = Path("-")
DEFAULT_FOLDER = Path("definitions")


@dataclass(frozen=True)
class NewDefinition:
    """What a definition declares, what there is, and the options by which `check` asks for it.

    `guesses` are sentences about what was guessed: the name, the job.
    """

    draft: Draft
    catalogue: Catalogue
    check_options: Sequence[str]
    guesses: Sequence[str] = ()

    def resolve_path(self, file: Path | None) -> Path:
        """The file that was named, else one called like the service.

        Raises `TailboardError` where the named one would be imported instead of a module.
        """
        if file is not None:
            if file != STDOUT and is_module_name(file.stem, file.parent):
                raise TailboardError(
                    f"{file} would be imported instead of the module {file.stem!r}, "
                    "by every program in its folder",
                    tip=f"call it {file.with_stem(f'{file.stem}-service')}.",
                )
            return file
        draft = self.draft
        slug = Service(draft.name, {"job": draft.name}, draft.recognition.convention).slug
        folder = DEFAULT_FOLDER if DEFAULT_FOLDER.is_dir() else Path()
        return folder / (f"{slug}-service.py" if is_module_name(slug, folder) else f"{slug}.py")

    def write_file(self, path: Path, *, force: bool) -> None:
        """Write the definition; raises `TailboardError` or `OSError` where it cannot be."""
        text = render_definition(self.draft)
        if path == STDOUT:
            print_raw(text)
            return
        if path.suffix != ".py":
            raise TailboardError(f"{path} is not a Python file", tip="give it the suffix .py.")
        try:
            with path.open("w" if force else "x", encoding="utf-8") as stream:
                stream.write(text)
        except FileExistsError as error:
            raise TailboardError(
                f"{path} is there already", tip="name another file with --out, or use --force."
            ) from error

    def build_report(self, path: Path) -> dict[str, Any]:
        """What was recognised, for programs."""
        return {"file": str(path), **build_report_json(self.draft, self.catalogue)}

    def print_report(self, path: Path) -> None:
        """Tell what was recognised, and what to do next."""
        for line in render_report(self.draft, self.catalogue):
            print_message(line)
        if path == STDOUT:
            return
        if self.draft.guesses:
            self._print_guesses(path)
        else:
            review_text = ", ".join([*self.guesses, *self._list_review_items()])
            print_message(
                f"Wrote {path}. {f'Look at {review_text}, then' if review_text else 'Then'}:"
            )
        print_next_steps([path], self.check_options)

    def _print_guesses(self, path: Path) -> None:
        """Tell which options to set before anything else, and how."""
        draft = self.draft
        guess_text = ", ".join(f"the {guess} {draft.name!r}" for guess in draft.guesses)
        print_message(f"Wrote {path}. First of all set what is only a guess: {guess_text}.")
        print_message("A server knows the program by its job; another one's panels are all empty:")
        name = "NAME" if "name" in draft.guesses else shlex.quote(draft.name)
        check_options, file = shlex.join(self.check_options), shlex.quote(str(path))
        print_message(
            f"  tailboard init {check_options} --name {name} --job JOB --out {file} --force"
        )
        print_message("Then look at the objectives, and:" if self._list_review_items() else "Then:")

    def _list_review_items(self) -> list[str]:
        """What there is to look at of the objectives."""
        objectives = self.draft.objectives
        promises = (
            *(objectives.latency, objectives.availability, objectives.first_token),
            *(objectives.queries, objectives.backlog, objectives.waiting_requests),
        )
        return ["the objectives"] if any(promise is not None for promise in promises) else []


def print_next_steps(paths: Sequence[Path], check_options: Sequence[str]) -> None:
    """Tell the commands that show whether definitions are right."""
    files = shlex.join(str(path) for path in paths)
    print_message(f"  tailboard build {files}")
    print_message(f"  tailboard lint {files}")
    print_message(f"  tailboard check {files} {shlex.join(check_options)}")
