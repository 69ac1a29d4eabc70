"""How many examples hypothesis tries: few in `make test`, all of them in `make test-slow`."""

from hypothesis import settings


def count_examples(thorough_count: int) -> int:
    """The count of a test of its own: this one in the profile `thorough`, less in `quick`."""
    share = settings().max_examples / settings.get_profile("thorough").max_examples
    return max(1, round(thorough_count * share))
