"""What goes on, told beside the results."""

import click


def tell(what: str) -> None:
    """Say it where it does not mix with a table or JSON."""
    click.echo(what, err=True)
