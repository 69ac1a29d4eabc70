"""`python -m tailboard`: the same program as the command `tailboard`."""

from tailboard.cli.main import run

if __name__ == "__main__":  # not where a process of `build --jobs` imports it again
    run()
