"""How well defects of maps explain them: pixels in another order, variance that depends on latitude.

A map that is put right is a field up to lmax again: what is left beyond lmax, rho of its squares, counts as
white noise on the other npix - n dimensions, -(K/2) (npix - n) log rho.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sphspec.audit.batch import Batch
from sphspec.audit.fit import EXACT, PROFILE, Fit, profile, variance_interval
from sphspec.audit.other_fits import DEVIATE, FISHER, fisher
from sphspec.audit.pixel_orders import pixel_orders

Floats = NDArray[np.float64]
ROUNDED = 1e-20  # share of squares that is rounding
FLOOR = 1e-300  # variance below which a factor is 0
SMOOTH = 4  # degree of the polynomial in cos(theta) of a variance by latitude
CLEARED = 1e-3  # of what was beyond lmax: an explanation leaves less


def map_fits(batch: Batch) -> Iterator[Fit]:
    """Yield fits of maps, for claims that say something of maps."""
    if batch.maps is None:
        return
    if batch.pixels is not None:
        yield from _pixel_fits(batch)
    elif batch.law.claim.band_limited:
        yield from _field_fits(batch)


def _pixel_fits(batch: Batch) -> Iterator[Fit]:
    """Fit independent pixels: scale, variance by latitude, order, neighbours."""
    pixels, grid, deviation = batch.pixels, batch.law.claim.grid, batch.law.claim.pixel_deviation
    assert pixels is not None
    assert grid is not None
    assert deviation is not None
    squares, count = np.einsum("kp,kp->p", pixels, pixels), batch.count
    total = float(squares.sum())
    f, low, high = variance_interval(total, pixels.size)
    gain = total / 2 - pixels.size / 2 * (1 + np.log(f))
    yield Fit("scale", "all pixels", gain, 1, (f, low, high), "variance over the claimed one", EXACT)
    yield _alone(
        squares, np.ones(grid.npix, np.int64), count, [f"pixel {place}" for place in range(grid.npix)]
    )
    rings, ring = np.unique(grid.theta, return_inverse=True)
    names = [f"colatitude {np.degrees(theta):.2f} degrees" for theta in rings]
    yield _alone(np.bincount(ring, squares).astype(float), np.bincount(ring), count, names)
    for power in (1, 2):
        pattern = special.eval_legendre(power, np.cos(grid.theta))

        def trend(b: float, pattern: Floats = pattern) -> float:
            level = float(np.exp(-b * pattern) @ squares) / pixels.size
            return total / 2 - pixels.size / 2 * (1 + math.log(level)) - count * b * float(pattern.sum()) / 2

        best, below, above = profile(trend, -20.0, 20.0)
        other = float(special.eval_legendre(power, 0.0 if power > 1 else -1.0))
        ends = [math.exp((1 - other) * b) for b in (best, below, above)]
        said = f"variance at the pole over that at the {'equator' if power > 1 else 'south pole'}"
        yield Fit(
            "latitude-variance",
            f"P_{power}(cos theta)",
            trend(best),
            2,
            (ends[0], ends[1], ends[2]),
            said,
            PROFILE,
        )
    for detail, order in pixel_orders(grid):
        ratio = (deviation / deviation[order]) ** 2
        gain = float((1 - ratio) @ squares + count * np.log(ratio).sum()) / 2
        yield Fit(
            "ordering", detail, gain, 0, (1.0, 1.0, 1.0), "1: all pixels", "none: the order is one or not"
        )
    first, second = pixels[:, :-1], pixels[:, 1:]
    size = np.sqrt(float(np.sum(first**2)) * float(np.sum(second**2)))
    r = float(np.sum(first * second)) / size if size else 0.0
    yield Fit(
        "coupling", "neighbouring pixels", -first.size / 2 * np.log1p(-min(r * r, 1 - 1e-12)), 1,
        (r, *fisher(r, first.size)), "correlation of neighbouring pixels", FISHER,
    )  # fmt: skip


def _alone(squares: Floats, sizes: NDArray[np.int64], count: int, names: list[str]) -> Fit:
    """Fit a factor of the one group of pixels that gains most; it pays for being chosen."""
    factor = np.maximum(squares / (count * sizes), FLOOR)
    gains = count * sizes / 2 * (factor - 1 - np.log(factor))
    place = int(gains.argmax())
    return Fit(
        "latitude-variance", f"{names[place]} alone", float(gains[place]) - math.log(squares.size), 1,
        variance_interval(float(squares[place]), float(count * sizes[place])),
        "variance over the claimed one", EXACT,
    )  # fmt: skip


def _field_fits(batch: Batch) -> Iterator[Fit]:
    """Fit band-limited fields: another order of pixels, a factor of latitude."""
    grid, maps = batch.law.claim.grid, batch.maps
    assert grid is not None
    assert maps is not None
    for detail, order in pixel_orders(grid):
        back = np.empty_like(maps)
        back[:, order] = maps
        gain, _ = _again(batch, back)
        yield Fit(
            "ordering", detail, gain, 0, (1.0, 1.0, 1.0), "1: all pixels", "none: the order is one or not"
        )
    z = np.cos(grid.theta)
    spread = np.sqrt(np.mean(maps * maps, axis=0))
    if spread.min() <= 0:
        return
    polynomial = np.polynomial.Polynomial.fit(z, np.log(spread), SMOOTH)
    factor = np.exp(polynomial(z) - polynomial(z).mean())
    gain, _ = _again(batch, maps / factor)
    ratio = float(np.exp(2 * (polynomial(1.0) - polynomial(0.0))))
    error = DEVIATE * math.sqrt(8 / batch.count)
    yield Fit(
        "latitude-variance", "a factor of latitude", gain, SMOOTH,
        (ratio, ratio * math.exp(-error), ratio * math.exp(error)),
        "variance at the pole over that at the equator",
        "normal approximation of the logarithm, one independent pixel a draw",
    )  # fmt: skip


def _again(batch: Batch, maps: Floats) -> tuple[float, float]:
    """Return the gain of maps that were put right, and the share of them beyond lmax."""
    claim, law = batch.law.claim, batch.law
    alpha, beyond = claim.coefficients(maps)
    white, _ = law.whiten(alpha - law.mean)
    gain = float(np.sum(batch.white**2) - np.sum(white**2)) / 2
    rest = batch.count / 2 * (maps.shape[1] - law.n)
    return gain + rest * float(np.log((batch.beyond + ROUNDED) / (beyond + ROUNDED))), beyond
