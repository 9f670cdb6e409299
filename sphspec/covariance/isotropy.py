"""How far a covariance is from c I, in numbers: condition, couplings, anisotropy per degree and order."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import isotropy as generated
from sphspec.conventions import degrees_orders
from sphspec.gram import SectorMatrix

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Isotropy:
    """Distance of Sigma from c I, c = trace(Sigma)/n.

    Attributes
    ----------
    mean : c
    condition : largest over smallest eigenvalue; inf for a singular Sigma
    distance : |Sigma - c I|_F / |c I|_F
    kl : Kullback-Leibler divergence of N(0, Sigma) from N(0, c I) in nats per draw; inf when singular
    coupling : largest |correlation| between two coefficients
    coupled : the pair ((l, m), (l', m')) that has it
    per_degree : (lmax+1,) |C_ll/c - I|_F / sqrt(2l+1), the block of degree l
    per_order : (lmax+1,) the same for the block of absolute order m
    """

    mean: float
    condition: float
    distance: float
    kl: float
    coupling: float
    coupled: tuple[tuple[int, int], tuple[int, int]]
    per_degree: Floats
    per_order: Floats


def measure_isotropy(matrix: SectorMatrix, lmax: int) -> Isotropy:
    """Return the isotropy measures of a covariance given in sectors."""
    values = matrix.eigenvalues()
    mean = float(values.mean())
    if mean == 0:
        raise ValueError("Sigma is zero: isotropy is not defined; give a positive variance")
    singular = matrix.rank < matrix.dimension
    degrees, orders = degrees_orders(lmax)
    coupling, pair = _largest_correlation(matrix)
    relative = values / mean
    return Isotropy(
        mean=mean,
        condition=np.inf if singular else float(values[-1] / values[0]),
        distance=float(np.sqrt(np.mean((relative - 1) ** 2))),
        kl=np.inf if singular else float(np.sum(generated.divergence(relative))),
        coupling=coupling,
        coupled=(
            (int(degrees[pair[0]]), int(orders[pair[0]])),
            (int(degrees[pair[1]]), int(orders[pair[1]])),
        ),
        per_degree=_group_anisotropy(matrix, degrees, mean, lmax),
        per_order=_group_anisotropy(matrix, np.abs(orders), mean, lmax),
    )


def _largest_correlation(matrix: SectorMatrix) -> tuple[float, tuple[int, int]]:
    best, pair = 0.0, (0, 0)
    for places, block in zip(matrix.indices, matrix.blocks, strict=True):
        scale = np.sqrt(np.clip(np.diagonal(block), 0, None))
        floor = np.finfo(np.float64).eps * scale.max(initial=0.0)
        safe = np.where(scale > floor, scale, np.inf)
        correlation = np.abs(block / np.outer(safe, safe))
        np.fill_diagonal(correlation, 0)
        row, column = divmod(int(correlation.argmax()), correlation.shape[1])
        if correlation[row, column] > best:
            best, pair = float(correlation[row, column]), (int(places[row]), int(places[column]))
    return best, pair


def _group_anisotropy(matrix: SectorMatrix, groups: NDArray[np.int64], mean: float, lmax: int) -> Floats:
    squares = np.zeros(lmax + 1)
    for places, block in zip(matrix.indices, matrix.blocks, strict=True):
        deviation = block / mean - np.eye(places.size)
        for group in np.unique(groups[places]):
            inside = groups[places] == group
            squares[group] += np.sum(deviation[np.ix_(inside, inside)] ** 2)
    return np.sqrt(squares / np.bincount(groups, minlength=lmax + 1))
