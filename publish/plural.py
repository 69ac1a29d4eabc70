"""How many of something, in words."""


def format_count(number: int, singular: str, plural: str = "") -> str:
    """How many there are: 1 file, 2 files; `many` where it is not `one` and an s."""
    return f"{number} {singular if number == 1 else plural or f'{singular}s'}"
