"""Places in chart R1, and which of them hang together."""

from collections.abc import Iterable
from math import isqrt


def index(l: int, m: int) -> int:
    """Return the place of alpha_lm in chart R1."""
    return l * l + l + m


def degree_order(place: int) -> tuple[int, int]:
    """Return (l, m) of a place in chart R1."""
    l = isqrt(place)
    return l, place - l * l - l


def components(pairs: Iterable[tuple[int, int]], size: int) -> list[tuple[int, ...]]:
    """Return the connected components of the graph with these edges on 0 .. size - 1, each ascending."""
    parent = list(range(size))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for row, column in pairs:
        parent[root(row)] = root(column)
    groups: dict[int, list[int]] = {}
    for place in range(size):
        groups.setdefault(root(place), []).append(place)
    return sorted(tuple(group) for group in groups.values())
