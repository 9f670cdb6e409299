"""Quantiles of the laws that tests have: those of scipy.special, which load in no time.

scipy.stats evaluates the same functions, and takes half a second to load, in every process.
"""

from scipy import special


def chi_square_below(p: float, freedom: float) -> float:
    """Return the value that chi-square is below with probability p."""
    return float(2 * special.gammaincinv(freedom / 2, p))


def chi_square_above(p: float, freedom: float) -> float:
    """Return the value that chi-square is above with probability p."""
    return float(special.chdtri(freedom, p))


def normal_above(p: float) -> float:
    """Return the value that a standard normal number is above with probability p."""
    return -float(special.ndtri(p))
