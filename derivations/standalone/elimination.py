"""L D L^T of a matrix in exact or ball arithmetic."""

from typing import Any


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
