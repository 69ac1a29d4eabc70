"""Why an expression is left to a person."""


class RenameError(ValueError):
    """An expression that a person has to change, and why."""


class UnevenUnitError(RenameError):
    """The result of an expression is not in a power of the unit: it cannot just come in another."""
