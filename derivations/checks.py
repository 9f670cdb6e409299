"""Checks of arguments at the boundary of the symbolic side."""

from operator import index
from typing import SupportsIndex

LARGEST = 10**6  # far beyond what exact arithmetic can be waited for


def integer(name: str, value: object, low: int, high: int = LARGEST) -> int:
    """Return value as an int from low to high; ValueError otherwise."""
    whole = None if isinstance(value, bool) or not isinstance(value, SupportsIndex) else index(value)
    if whole is None or not low <= whole <= high:
        bound = f">= {low}" if high == LARGEST and (whole is None or whole < low) else f"from {low} to {high}"
        raise ValueError(f"{name} must be an integer {bound}, got {value!r}")
    return whole
