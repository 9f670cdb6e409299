"""Lanczos on a symmetric positive definite map: Gauss quadrature of its spectrum, from one vector."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TINY = 1e-13  # of the largest coefficient: the Krylov space is complete


@dataclass(frozen=True, eq=False)
class Tridiagonal:
    """The Lanczos matrix of a map and a start vector: diagonal, and what stands beside it.

    Attributes
    ----------
    diagonal : (k,)
    beside : (k,); the last one is the norm that is left over, 0 where the Krylov space is complete
    """

    diagonal: Floats
    beside: Floats

    def gauss(self) -> tuple[Floats, Floats]:
        """Return nodes and weights, which sum to 1, of the Gauss rule of the start vector's spectrum."""
        nodes, vectors = scipy.linalg.eigh_tridiagonal(self.diagonal, self.beside[:-1])
        return nodes, vectors[0] ** 2

    def radau(self, end: float) -> tuple[Floats, Floats]:
        """Return the Gauss-Radau rule with a node at the end of the spectrum.

        Golub and Meurant, Matrices, Moments and Quadrature, section 6.2.
        """
        if self.beside[-1] == 0:
            return self.gauss()
        last = np.zeros(self.diagonal.size)
        last[-1] = self.beside[-1] ** 2
        bands = np.zeros((2, self.diagonal.size))
        bands[0, 1:], bands[1] = self.beside[:-1], self.diagonal - end
        solved = scipy.linalg.solve_banded((1, 1), np.vstack([bands, np.append(self.beside[:-1], 0.0)]), last)
        nodes, vectors = scipy.linalg.eigh_tridiagonal(
            np.append(self.diagonal, end + solved[-1]), self.beside
        )
        return nodes, vectors[0] ** 2


def lanczos(apply: Callable[[Floats], Floats], start: Floats, steps: int) -> Tridiagonal:
    """Return the Lanczos matrix after at most so many steps, every vector orthogonal to all before it.

    Parameters
    ----------
    apply : the map, (n,) -> (n,)
    start : (n,)
    steps : products with the map
    """
    vector = start / np.linalg.norm(start)
    basis = np.empty((min(steps, start.size), start.size))
    diagonal, beside = [], []
    for k in range(basis.shape[0]):
        basis[k] = vector
        image = apply(vector)
        diagonal.append(float(vector @ image))
        for _ in range(2):  # twice is enough
            image = image - basis[: k + 1].T @ (basis[: k + 1] @ image)
        norm = float(np.linalg.norm(image))
        beside.append(norm)
        if norm <= TINY * max(map(abs, diagonal)) or k + 1 == start.size:
            beside[-1] = 0.0
            break
        vector = image / norm
    return Tridiagonal(np.array(diagonal), np.array(beside))
