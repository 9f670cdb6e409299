"""Checks of arguments at the boundary of the symbolic side."""

LARGEST = 10**6  # far beyond what exact arithmetic can be waited for


def integer(name: str, value: object, low: int, high: int = LARGEST) -> None:
    """Raise ValueError unless value is an integer from low to high."""
    if not isinstance(value, int) or isinstance(value, bool) or value < low:
        raise ValueError(f"{name} must be an integer >= {low}, got {value!r}")
    if value > high:
        raise ValueError(f"{name} must be at most {high} in exact arithmetic, got {value}")
