"""Errors of servers and files.

```
DefinitionError       panels/definition_error.py   a definition is wrong
TailboardError
├─ OutputError        the output folder cannot be written
├─ NotAllowedError    a server wants a login, or forbids it (401, 403)
├─ ServerError        a server cannot be reached, or answers nonsense
└─ BrokenDefinitions  some definitions are wrong
```
"""

from collections.abc import Sequence

from tailboard.panels.definition_error import DefinitionError


class TailboardError(Exception):
    """Something that is not a definition's fault: what is wrong, and the next step."""

    exit_code = 2

    def __init__(self, problem: str, *, tip: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.tip = tip

    def __str__(self) -> str:
        return f"{self.problem}\nTip: {self.tip}" if self.tip else self.problem


class NotAllowedError(TailboardError):
    """A server wants a login, or forbids the request."""

    exit_code = 3


class ServerError(TailboardError):
    """A server cannot be reached, or answers what it should not.

    `is_uncertain` says that it may have carried out the request all the same, `is_timeout` that
    it took too long; `status` is that of an answer that could not be read, 0 where there was none.
    """

    def __init__(
        self,
        problem: str,
        *,
        tip: str = "",
        is_uncertain: bool = False,
        is_timeout: bool = False,
        status: int = 0,
    ) -> None:
        super().__init__(problem, tip=tip)
        self.is_uncertain = is_uncertain
        self.is_timeout = is_timeout
        self.status = status


class OutputError(TailboardError):
    """The output folder cannot be read or written, or holds what is not ours."""


class BrokenDefinitionsError(TailboardError):
    """Some definitions are wrong: all of them, so that one run shows every mistake."""

    def __init__(
        self, errors: Sequence[DefinitionError], outcome: str = "nothing was written"
    ) -> None:
        count = len(errors)
        super().__init__(f"{count} {'mistake' if count == 1 else 'mistakes'}; {outcome}")
        self.errors = errors

    def __str__(self) -> str:
        return "\n".join([*(str(error) for error in self.errors), self.problem])
