"""Blocks of coefficients that couple, and L D L^T of a block in exact or ball arithmetic."""

from collections.abc import Iterable
from math import isqrt
from typing import Any


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


def ldl(matrix: list[list[Any]]) -> tuple[list[list[Any]], list[Any]]:
    """Return (L, D) with matrix = L diag(D) L^T, L unit lower triangular; the matrix positive semi-definite.

    A pivot that is zero, exactly, has a zero column below it.

    Raises
    ------
    ArithmeticError
        for a negative pivot, or one that a ball cannot tell from zero.
    """
    size = len(matrix)
    zero = matrix[0][0] * 0
    lower, pivots = [[zero] * size for _ in range(size)], [zero] * size
    for k in range(size):
        scaled = [lower[k][j] * pivots[j] for j in range(k)]
        pivot = matrix[k][k] - sum((lower[k][j] * scaled[j] for j in range(k)), zero)
        lower[k][k] = zero + 1
        if pivot == 0:
            continue
        if not pivot > 0:
            raise ArithmeticError(f"pivot {k} of {size} is not positive: {pivot}")
        pivots[k] = pivot
        for i in range(k + 1, size):
            rest = matrix[i][k] - sum((lower[i][j] * scaled[j] for j in range(k)), zero)
            lower[i][k] = rest / pivot
    return lower, pivots
