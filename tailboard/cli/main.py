"""The command `tailboard`: which commands there are, and what every one of them shares.

Exit codes: 0 done and nothing to complain about, 1 something to complain about (stale files,
findings, queries without a metric, dashboards that could not be published), 2 wrong usage or a
wrong definition, 3 not allowed (401, 403), 4 some items done and some failed, or not checked
because a server stopped answering, 130 interrupted.

Credentials come from the environment, never from an option: GRAFANA_TOKEN, PROMETHEUS_TOKEN and
others, which the `--help` of each command lists.
"""

import gc
import importlib
import io
import signal
import sys
from typing import NoReturn

import click

from tailboard import __version__
from tailboard.cli.reports.terminal import escape_unencodable, has_color, print_error, print_message

COMMANDS = {
    "build": "Compile definitions into dashboards and rules",
    "list": "List dashboards and rules, or all that can be explained",
    "lint": "Find what is wrong or misleading in dashboards and rules",
    "init": "Write a definition from what a program exposes",
    "find": "Find where a metric, a label or a text is used",
    "rename": "Rename metrics and labels in definitions and rule files",
    "check": "Compare every query with the metrics that programs expose",
    "preview": "Draw dashboards from their documents, without a Grafana",
    "plan": "Show what publishing would change in Grafana and in a ruler",
    "publish": "Create and update dashboards and rules as they are declared",
    "report": "Write the comment on a pull request",
    "annotate": "Mark a deployment on the dashboards of Grafana",
    "rollback": "Put what a publish touched back to what it was before",
    "pull": "Bring dashboards from Grafana back as definitions",
    "convert": "Write dashboards' JSON as definitions in Python",
    "explain": "Explain a panel, dashboard, rule, convention, kind or format",
    "docs": "Write a page in Markdown about each dashboard",
}
"""Each command is the function `command` of the module of that name in `commands/`."""


GARBAGE_THRESHOLD = 1_000_000
"""After how many new objects Python looks for garbage in cycles; its own default is 700.

Imports and documents make many objects and hardly any cycles: looking for these took a tenth of the
time, and a quarter where grafanalib is imported. After each 100,000, it still took a fifteenth of
linting a hundred dashboards, and the peak of memory was the same.
"""

TEXT_TIP = "write it in UTF-8, or let the locale say what it is in."


class LazyGroup(click.Group):
    """Commands that are imported when they are called, so that the others cost nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of a working day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; its module is only imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(
            f"tailboard.cli.commands.{cmd_name}"
        ).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant, or the nearest name for a mistyped one."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from tailboard.panels.definition_error import suggest_name

            ctx.fail(f"No such command {name!r}: {suggest_name(name, COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `--help`, without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


EXAMPLE = """\b
Example:
  tailboard build --convention prometheus_client
"""


@click.group(
    cls=LazyGroup, epilog=EXAMPLE, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, "--version", "-V", prog_name="tailboard")
@click.pass_context
def tailboard(context: click.Context) -> None:
    """Grafana dashboards that tell the tail, from a few lines about a Python service."""
    context.color = has_color(sys.stdout)
    escape_unencodable(sys.stdout)
    from tailboard.cli.options.defaults import Defaults
    from tailboard.publish.http.secret_filter import clear_secrets

    clear_secrets()
    context.default_map = dict.fromkeys(COMMANDS, Defaults())


def main(arguments: list[str] | None = None) -> int:
    """Run a command line; the exit code."""
    try:
        return tailboard.main(arguments, prog_name="tailboard", standalone_mode=False) or 0
    except click.ClickException as error:
        usage = io.StringIO()
        error.show(usage)
        print_message(usage.getvalue().removesuffix("\n"))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        print_error("interrupted; no file is half written")
        return 130
    except OSError as error:
        print_error(
            ": ".join(str(part) for part in (error.filename, error.strerror or error) if part)
        )
        return 2
    except UnicodeEncodeError as error:
        text = error.object[error.start : error.end]
        print_error(f"a name or an option holds {text!r}, which is no character\nTip: {TEXT_TIP}")
        return 2
    except Exception as error:
        if not _is_user_error(error):
            raise
        print_error(str(error))
        return int(getattr(error, "exit_code", 2))


def _is_user_error(error: Exception) -> bool:
    """Whether the error is a sentence for the user; imported late, for the sake of `--version`."""
    from tailboard.panels.definition_error import DefinitionError
    from tailboard.publish.errors import TailboardError

    return isinstance(error, DefinitionError | TailboardError)


def run() -> NoReturn:
    """Run the program; SIGTERM ends it like Ctrl-C, with its clean-up."""
    gc.set_threshold(GARBAGE_THRESHOLD)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    exit_code = main()
    gc.freeze()  # Python would look at all objects once more when it ends
    sys.exit(exit_code)
