"""Wigner 3j symbols (l l' L; m m' -m-m') over all L, by ducc0; their squares at m = m' = 0 by recurrence.

ducc0 runs the recurrence of Schulten and Gordon (1975), which `derivations` proves and
`recurrence_residual` checks.
"""

import ducc0
import numpy as np
from numpy.typing import NDArray

from sphspec._generated import wigner as generated

Floats = NDArray[np.float64]


def three_j(l: int, l2: int, m: int, m2: int) -> tuple[int, Floats]:
    """Return the lowest L, max(|l-l'|, |m+m'|), and the symbols for L from there to l + l'.

    >>> lowest, symbols = three_j(1, 1, 0, 0)
    >>> lowest, symbols.round(4).tolist()
    (0, [-0.5774, 0.0, 0.3651])
    """
    lowest, symbols = ducc0.misc.wigner3j_int(l, l2, m, m2)
    return int(lowest), np.asarray(symbols)


def orders_table(l: int, l2: int) -> Floats:
    """Return (l l' L; -m m' m-m'), (l'+1, l+1, 2l'+1), for l >= l'.

    L = l-l', l-l'+2, .. l+l'; m = 0 .. l; m' = -l' .. l'.
    """
    table = np.zeros((l2 + 1, l + 1, 2 * l2 + 1))
    for m in range(l + 1):
        for m2 in range(-l2, l2 + 1):
            lowest, symbols = three_j(l, l2, -m, m2)
            odd = (lowest - l + l2) % 2
            table[(lowest - l + l2 + odd) // 2 :, m, m2 + l2] = symbols[odd::2]
    return table


def zero_overlaps(difference: int, lmax: int) -> Floats:
    """Return (2L+1) (l l' L; 0 0 0)^2 for l = l' + difference <= lmax, (l', k), L = difference + 2k.

    By the recurrence in L from any start, then normalised: the overlaps of one pair add up to one.
    """
    smaller = np.arange(lmax - difference + 1, dtype=np.float64)[:, None]
    steps = np.arange(1, lmax - difference + 1, dtype=np.float64)
    between = difference + 2 * steps - 1
    ratios = np.zeros((smaller.size, steps.size))
    allowed = steps <= smaller
    with np.errstate(divide="ignore", invalid="ignore"):  # beyond L = l + l', which is left out
        np.copyto(ratios, generated.zero_ratio(between, smaller + difference, smaller), where=allowed)
    overlaps = np.cumprod(np.concatenate([np.ones_like(smaller), ratios], axis=1), axis=1)
    return np.asarray(overlaps / overlaps.sum(axis=1, keepdims=True))


def recurrence_residual(l: int, l2: int, m: int, m2: int) -> float:
    """Return by how much the symbols of one (l, l', m, m') miss their recurrence, at any L >= 1."""
    lowest, symbols = three_j(l, l2, m, m2)
    degrees = np.arange(lowest, l + l2 + 1, dtype=np.float64)
    scaled = np.pad(np.sqrt(2 * degrees + 1) * symbols, 1)
    kept = degrees >= 1
    if not kept.any():
        return 0.0
    centre, lower = generated.elements(degrees[kept], float(l), float(l2), float(m + m2))
    upper = generated.elements(degrees[kept] + 1, float(l), float(l2), float(m + m2))[1]
    here, below, above = (part[kept] for part in (scaled[1:-1], scaled[:-2], scaled[2:]))
    residual = generated.recurrence_residual(m, here, below, above, centre, lower, upper)
    return float(np.abs(residual).max())
