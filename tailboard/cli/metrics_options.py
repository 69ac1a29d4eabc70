"""The options that say where metrics are, and reading them from there."""

from collections.abc import Iterable

import click

from tailboard.cli.terminal import print_message
from tailboard.metrics.exposition import Catalogue
from tailboard.metrics.exposition_source import read_source
from tailboard.metrics.registry import import_registry, read_registry

ENVIRONMENT_HELP = """\b
Credentials of a server, from the environment:
  PROMETHEUS_TOKEN, or PROMETHEUS_TOKEN_FILE
  PROMETHEUS_USER with PROMETHEUS_PASSWORD(_FILE)
  PROMETHEUS_TENANT                         Mimir's X-Scope-OrgID
  PROMETHEUS_HEADERS                        `Name: value`, one a line
  PROMETHEUS_CA_FILE, PROMETHEUS_CLIENT_CERT, PROMETHEUS_CLIENT_KEY

"""

METRICS_OPTION = click.option(
    "--metrics",
    multiple=True,
    metavar="URL|FILE",
    help="What a program exposes, as text; may be repeated.",
)
REGISTRY_OPTION = click.option(
    "--registry",
    "registries",
    multiple=True,
    metavar="MODULE:OBJECT",
    help="A prometheus-client registry of the application; may be repeated.",
)
PROMETHEUS_OPTION = click.option(
    "--prometheus",
    metavar="URL",
    envvar="PROMETHEUS_URL",
    show_envvar=True,
    help="Instead: a Prometheus, Mimir or Thanos, which is asked for all of it.",
)
TIMEOUT_OPTION = click.option(
    "--timeout",
    type=click.FloatRange(0.1, 600),
    default=10.0,
    show_default=True,
    help="Seconds that a query may take; longer is too slow.",
)
ALLOW_HTTP_OPTION = click.option(
    "--allow-http", is_flag=True, help="Send credentials unencrypted, too."
)


def is_exposition(
    context: click.Context, metrics: tuple[str, ...], registries: tuple[str, ...]
) -> bool:
    """Whether a program is asked and not the server, which gives way if the environment named it.

    Raises a usage error where nobody is to be asked, or both are.
    """
    has_exposition = bool(metrics or registries)
    if not has_exposition and not context.params.get("prometheus"):
        problem = USAGE_PROBLEMS.get(str(context.info_name), "nothing to ask")
        raise click.UsageError(
            f"{problem}. Name the program's metrics: --metrics URL|FILE, its "
            "registry: --registry MODULE:OBJECT, or a server: --prometheus URL."
        )
    command_line = click.core.ParameterSource.COMMANDLINE
    if has_exposition and context.get_parameter_source("prometheus") is command_line:
        raise click.UsageError(
            "--prometheus asks a server, --metrics and --registry need none. Leave one out."
        )
    return has_exposition


USAGE_PROBLEMS = {"check": "nothing to compare with", "init": "nothing to look at"}


def read_metrics(metrics: Iterable[str], registries: Iterable[str]) -> Catalogue:
    """All of it together; what was wrong with the text is told."""
    catalogue = Catalogue()
    for source in metrics:
        read_source(source, catalogue)
    for name in registries:
        read_registry(import_registry(name), catalogue, name)
    for note in catalogue.notes:
        print_message(f"Note: {note}")
    return catalogue
