"""How the program prints: data to stdout, messages to stderr, colour where it is wanted.

Titles, messages of servers and names of files are other people's texts. All that is printed leaves
through this module, which escapes what would steer a terminal or the CI system that reads the log,
and takes out the secrets that this run sends to servers.
"""

import io
import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TextIO

import click

from tailboard.panels.lazy_pattern import declare_pattern

SCHEMA_VERSION = 1
"""What `--json` writes as `schema_version`: it grows when a key is removed or changes its meaning.

A new key does not change it.
"""

UNSAFE_CHARACTERS = declare_pattern(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f"  # control characters but for the tab: C0, DEL, C1
    "\u00ad\u2060-\u2064\ufeff"  # invisible ones
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # of bidirectional text
    "\u2028\u2029"  # separators of lines and paragraphs
    "\ufff9-\ufffb\U000e0000-\U000e007f"  # annotations and tags
    "\ud800-\udfff]"  # halves of characters: file names that are no UTF-8
)
WORKFLOW_COMMAND = declare_pattern(r"^(\s*+)(?=::)|(?<=#)(?=#(?:vso|teamcity)?\[)")
"""Where a line begins a command of GitHub Actions, Azure Pipelines or TeamCity.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands
https://www.jetbrains.com/help/teamcity/service-messages.html
"""


class Line(NamedTuple):
    """One line of a report: an indentation in spaces, a word in a colour, and the text after it."""

    text: str
    label: str = ""
    color: str | None = None
    is_bold: bool = False
    indent: int = 0


def has_color(stream: TextIO | None) -> bool:
    """NO_COLOR beats FORCE_COLOR beats the terminal; a stream may be closed."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; it may be closed."""
    return stream is not None and stream.isatty()


def escape_unencodable(stream: TextIO | None) -> None:
    """Escape the characters that the stream's encoding lacks, instead of failing at the first."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def escape_controls(text: str) -> str:
    r"""The text with `\x1b`, `\n` or `\u202e` in place of what would steer a terminal."""
    from tailboard.publish.http.secret_filter import redact_secrets

    text = redact_secrets(text)
    if text.isprintable():  # none of the unsafe ones is
        return text
    return UNSAFE_CHARACTERS.sub(
        lambda match: match[0].encode("unicode_escape").decode("ascii"), text
    )


def escape_line(text: str) -> str:
    """The text as one line that neither a terminal nor a CI system takes for a command."""
    return WORKFLOW_COMMAND.sub(r"\1\\", escape_controls(text))


def escape_lines(text: str) -> str:
    """The same for each line of a text of several lines."""
    return "\n".join(escape_line(line) for line in text.split("\n"))


def render_lines(lines: Iterable[str | Line]) -> str:
    """A report as text, with colours; a line break inside a line is escaped."""
    return "\n".join(_render_line(line) for line in lines)


def print_lines(lines: Iterable[str | Line], stream: TextIO | None = None) -> None:
    """Print a report to stdout, or to another stream."""
    if text := render_lines(lines):
        click.echo(text, file=stream, color=has_color(sys.stdout))


def print_json_report(fields: Mapping[str, Any], *, sort_keys: bool = False) -> None:
    """Print what a command reports for programs, with the version of its keys."""
    print_json({"schema_version": SCHEMA_VERSION, **fields}, sort_keys=sort_keys)


def print_json(value: Any, *, sort_keys: bool = False) -> None:
    """Print data to stdout as JSON, in ASCII."""
    import json  # here and below, so that `--version` starts fast

    from tailboard.publish.http.secret_filter import redact_secrets

    text = redact_secrets(json.dumps(value, indent=2, sort_keys=sort_keys))
    click.echo(text.replace("##", "#\\u0023"))  # only strings hold it: the same JSON, no command


def print_workflow_commands(commands: Iterable[str]) -> None:
    """Print commands for GitHub Actions to stdout, one a line."""
    print_raw("".join(f"{escape_controls(command)}\n" for command in commands))


def print_raw(text: str) -> None:
    """Print a text of our own to stdout, unchanged."""
    if text:
        click.echo(text, nl=False)


def print_error(message: str) -> None:
    """Print to stderr what is wrong."""
    _print_message(message, click.style("Error: ", fg="red", bold=True))


def print_message(message: str) -> None:
    """Print to stderr what happened."""
    _print_message(message, "")


def _print_message(message: str, prefix: str) -> None:
    click.echo(prefix + escape_lines(message), err=True, color=has_color(sys.stderr))


def _render_line(line: str | Line) -> str:
    if isinstance(line, str):
        return escape_line(line)
    label = escape_line(line.label)
    if label and (line.color or line.is_bold):
        label = click.style(label, fg=line.color, bold=line.is_bold or None)
    return f"{'':<{line.indent}}{label}{escape_line(line.text)}"
