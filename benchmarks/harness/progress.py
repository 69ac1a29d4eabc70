"""Progress messages on stderr."""

import click


def report_progress(message: str) -> None:
    """Print to stderr, so that stdout holds nothing but the results."""
    click.echo(message, err=True)
