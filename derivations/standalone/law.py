"""What a standalone module holds: Sigma entry by entry and its Cholesky factor, correctly rounded."""

from dataclasses import dataclass

from flint import arb


@dataclass(frozen=True)
class Entry:
    """An entry of Sigma in R1, row <= column: its exact text, as items of a tuple, and the nearest double."""

    row: int
    column: int
    exact: str
    value: float


@dataclass(frozen=True)
class Law:
    """Sigma = L L^T of unit pixel variance at a band limit.

    Attributes
    ----------
    lmax : band limit
    entries : upper triangle, zeros left out
    factor : (row, column, value) of L, zeros left out
    rank : number of non-zero columns of L
    columns, meaning, entry_type : of an entry's items, for the module's text
    """

    lmax: int
    entries: tuple[Entry, ...]
    factor: tuple[tuple[int, int, float], ...]
    rank: int
    columns: str
    meaning: str
    entry_type: str


class UndecidedError(Exception):
    """A ball is too wide to be rounded: more precision is needed."""


def nearest(ball: arb) -> float:
    """Return the double nearest to the true value in a ball.

    Raises
    ------
    UndecidedError
        where the ball's ends round to different doubles.
    """
    low, high = (_as_double(end) for end in (ball.lower(), ball.upper()))
    if low != high:
        raise UndecidedError
    return low


def _as_double(exact: arb) -> float:
    """Return the double nearest to an exact number m 2^e: integer division rounds correctly."""
    mantissa, exponent = (int(part) for part in exact.man_exp())
    if mantissa == 0:
        return 0.0
    value = mantissa << exponent if exponent >= 0 else mantissa
    rounded = value / (1 << -exponent) if exponent < 0 else float(value)
    return rounded + 0.0  # -0.0 becomes 0.0
