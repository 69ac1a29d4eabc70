"""The least that a program with click can be: what `tailboard --version` is measured against."""

import click


@click.command()
def empty() -> None:
    """Do nothing."""


if __name__ == "__main__":
    empty()
