"""The options that say where metrics are, and reading them from there."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from tailboard.cli.options.groups import Command, add_options
from tailboard.cli.options.prometheus_options import TIMEOUT_OPTION
from tailboard.cli.reports.terminal import print_message
from tailboard.metrics.catalogue import Catalogue
from tailboard.metrics.exposition_source import read_source
from tailboard.metrics.registry import import_registry, read_registry

if TYPE_CHECKING:
    from tailboard.prometheus.client.server import PrometheusServer


ENVIRONMENT_HELP = """\b
Credentials of a server, from the environment:
  PROMETHEUS_TOKEN, or PROMETHEUS_TOKEN_FILE
  PROMETHEUS_USER with PROMETHEUS_PASSWORD(_FILE)
  PROMETHEUS_TENANT                         Mimir's X-Scope-OrgID
  PROMETHEUS_HEADERS                        `Name: value`, one a line
  PROMETHEUS_CA_FILE, PROMETHEUS_CLIENT_CERT, PROMETHEUS_CLIENT_KEY

"""

SOURCE_OPTIONS = (
    click.option(
        "--metrics",
        multiple=True,
        metavar="URL|FILE",
        help="What a program exposes, as text; may be repeated.",
    ),
    click.option(
        "--registry",
        "registries",
        multiple=True,
        metavar="MODULE:OBJECT",
        help="A prometheus-client registry of the application; may be repeated.",
    ),
    click.option(
        "--prometheus",
        metavar="URL",
        envvar="PROMETHEUS_URL",
        show_envvar=True,
        help="Instead: a Prometheus, Mimir or Thanos, which is asked for all of it.",
    ),
    TIMEOUT_OPTION,
    click.option("--allow-http", is_flag=True, help="Send credentials unencrypted, too."),
)
"""What `check` and `init` share: where metrics are, and how a server is reached."""


USAGE_PROBLEMS = {"check": "nothing to compare with", "init": "nothing to look at"}


@dataclass(frozen=True)
class MetricsSource:
    """Where metrics are: expositions and registries of programs, or else a server."""

    metrics: tuple[str, ...]
    registries: tuple[str, ...]
    prometheus: str
    timeout: float
    allow_http: bool

    @property
    def has_exposition(self) -> bool:
        """Whether programs are read and not the server, which the environment may name besides."""
        return bool(self.metrics or self.registries)

    def validate(self, context: click.Context) -> None:
        """Raise a usage error where no source is named, or both kinds are."""
        if not self.has_exposition and not self.prometheus:
            problem = USAGE_PROBLEMS.get(str(context.info_name), "nothing to ask")
            raise click.UsageError(
                f"{problem}. Name the program's metrics: --metrics URL|FILE, its "
                "registry: --registry MODULE:OBJECT, or a server: --prometheus URL."
            )
        command_line = click.core.ParameterSource.COMMANDLINE
        if self.has_exposition and context.get_parameter_source("prometheus") is command_line:
            raise click.UsageError(
                "--prometheus asks a server, --metrics and --registry need none. Leave one out."
            )

    def read_metrics(self) -> Catalogue:
        """All expositions and registries together; notes about them go to stderr."""
        catalogue = Catalogue()
        for source in self.metrics:
            read_source(source, catalogue)
        for name in self.registries:
            read_registry(import_registry(name), catalogue, name)
        for note in catalogue.notes:
            print_message(f"Note: {note}")
        return catalogue

    @contextmanager
    def connect(self, concurrency: int) -> "Iterator[PrometheusServer]":
        """The server; its warnings go to stderr at the end."""
        # Here, so that `--metrics` and `--registry` start without what only a server needs.
        from tailboard.prometheus.client.server import connect_prometheus

        with connect_prometheus(
            self.prometheus,
            concurrency=concurrency,
            timeout=self.timeout,
            allow_http=self.allow_http,
        ) as server:
            for note in server.credential_notes:
                print_message(f"Note: {note}")
            yield server
            for warning in server.warnings:
                print_message(f"Note: {server.display_address} warns: {warning}")


def add_metrics_options(command: Command) -> Command:
    """Give a command the options of a source of metrics, and the source that they mean."""

    @functools.wraps(command)
    def run_with_source(
        *arguments: Any,
        metrics: tuple[str, ...],
        registries: tuple[str, ...],
        prometheus: str | None,
        timeout: float,
        allow_http: bool,
        **options: Any,
    ) -> Any:
        source = MetricsSource(metrics, registries, prometheus or "", timeout, allow_http)
        return command(*arguments, source=source, **options)

    return add_options(SOURCE_OPTIONS, run_with_source)
