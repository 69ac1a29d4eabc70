"""How many of something, in words."""


def counted(number: int, one: str, many: str = "") -> str:
    """How many there are: 1 file, 2 files; `many` where it is not `one` and an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
