"""An empty click program, with which `tailboard --version` is compared."""

import click


@click.command()
def empty() -> None:
    """Do nothing."""


if __name__ == "__main__":
    empty()
