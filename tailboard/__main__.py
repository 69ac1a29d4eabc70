"""`python -m tailboard`: the same program as the command `tailboard`."""

from tailboard.cli.main import run

run()
