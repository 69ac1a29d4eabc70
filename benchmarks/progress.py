"""What goes on, told beside the results."""

import click


def report_progress(message: str) -> None:
    """Say it where it does not mix with a table or JSON."""
    click.echo(message, err=True)
