"""Checks of arguments at the boundary of the symbolic side."""


def integer(name: str, value: object, low: int) -> None:
    """Raise ValueError unless value is an integer >= low."""
    if not isinstance(value, int) or isinstance(value, bool) or value < low:
        raise ValueError(f"{name} must be an integer >= {low}, got {value!r}")
