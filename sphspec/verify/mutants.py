"""The registry of must-fail mutants: wrong covariances and simulators, each with the tiers that kill it.

They are judged on fixtures that break every symmetry; with isotropic noise seven of the first twenty would
equal the truth. Those that the probe alone must kill change Sigma by less than 20 000 draws can tell.
"""

from dataclasses import replace

import numpy as np

from sphspec.verify.fixture import MONTE_CARLO, PROBE, Fixture, Floats, Integers, Mutant, simulator
from sphspec.verify.wrong_simulators import SIMULATORS

SLOPE = 0.01  # of the deviation, from degree 0 to the highest
STEPS = 256  # of which one is left out
ITERATIONS = 3  # of healpy's default analysis
ROOT2 = float(np.sqrt(2.0))
BOTH = (PROBE, MONTE_CARLO)


def _scaled(fixture: Fixture, factors: Floats) -> Floats:
    """Return the law of coefficients multiplied by factors, (n,)."""
    return factors[:, None] * fixture.law * factors


def _placed(fixture: Fixture, key: Integers) -> Floats:
    """Return the law with the coefficients sorted by a key, (n,)."""
    places = np.argsort(key, kind="stable")
    return np.asarray(fixture.law[np.ix_(places, places)])


def _kept(fixture: Fixture, labels: Integers) -> Floats:
    """Return the law without couplings between different labels, (n,)."""
    return np.where(labels[:, None] == labels, fixture.law, 0.0)


def _where_order(fixture: Fixture, nonzero: float, zero: float) -> Floats:
    return np.where(fixture.orders != 0, nonzero, zero)


def _sign(exponent: Integers) -> Floats:
    return np.where(exponent % 2 == 0, 1.0, -1.0)


def _one_weight(fixture: Fixture) -> Floats:
    strength = fixture.weights * fixture.weights.mean() * fixture.variance
    return np.asarray(fixture.time * (fixture.harmonics.T * strength) @ fixture.harmonics)


def _weighted(fixture: Fixture, weights: Floats) -> Floats:
    return fixture.changed(matrix=fixture.harmonics.T * (4 * np.pi * weights / weights.sum()))


def _rolled(fixture: Fixture) -> Floats:
    """Return each ring's variances moved on by one point."""
    variance = fixture.variance.copy()
    for number in np.unique(fixture.ring):
        here = fixture.ring == number
        variance[here] = np.roll(variance[here], 1)
    return fixture.changed(variance=variance)


def _one_coupling_less(fixture: Fixture) -> Floats:
    claim = fixture.law
    row, column = divmod(int(np.abs(claim - np.diag(np.diagonal(claim))).argmax()), claim.shape[1])
    claim[row, column] = claim[column, row] = 0.0
    return claim


def _turned(fixture: Fixture) -> Floats:
    """Return the law where every factor is turned round, L^T L for L L^T."""
    factor = np.linalg.cholesky(fixture.law)
    return np.asarray(factor.T @ factor)


def _iterated(fixture: Fixture) -> Floats:
    """Return the law of A_k = sum of (I - G)^j A_0, j <= k, G = A_0 Phi."""
    matrix = fixture.matrix
    for _ in range(ITERATIONS):
        matrix = fixture.matrix + matrix - fixture.matrix @ (fixture.harmonics @ matrix)
    return fixture.changed(matrix=matrix)


def _mirrored_orders(fixture: Fixture) -> Floats:
    """Return the law with C_(lm,l'-m') for P_(lm,l'm') = (-1)^m' C_(lm,l'-m'), m' > 0; lower triangle.

    Cosine and sine parts c, s of a = (c - i s)/sqrt2 have cov(c, c') = Re(C + P), cov(s, s') = Re(C - P),
    cov(s, c') = -Im(C + P), cov(c, s') = Im(C - P): the other sign of P exchanges cosine and sine.
    """
    law, orders = fixture.law, np.abs(fixture.orders)
    centre = fixture.degrees**2 + fixture.degrees
    cosine, sine = centre + orders, centre - orders
    flipped = np.outer(orders > 0, orders % 2 == 1)  # where P changes its sign
    first, second = fixture.orders[:, None] > 0, fixture.orders > 0
    claim = np.where(flipped & first & second, law[np.ix_(sine, sine)], law)
    claim = np.where(flipped & ~first & ~second, law[np.ix_(cosine, cosine)], claim)
    claim = np.where(flipped & first & ~second, -law[np.ix_(sine, cosine)], claim)
    claim = np.where(flipped & ~first & second, -law[np.ix_(cosine, sine)], claim)
    return np.asarray(np.tril(claim) + np.tril(claim, -1).T)


def _without_phases(fixture: Fixture) -> Floats:
    """Return the law where every ring starts at longitude 0: Phi turned back by the ring's first azimuth."""
    angle = np.abs(fixture.orders) * fixture.start[:, None]
    partner = fixture.degrees**2 + fixture.degrees - fixture.orders
    side = np.where(fixture.orders < 0, -1.0, 1.0)
    turned = np.cos(angle) * fixture.harmonics + side * np.sin(angle) * fixture.harmonics[:, partner]
    return fixture.changed(matrix=turned.T * fixture.weights)


def _ring_cut(fixture: Fixture, least: int) -> Floats:
    """Return the law where a ring of n points has no say in orders with 2 |m| - n >= least."""
    count = np.bincount(fixture.ring)[fixture.ring]
    cut = 2 * np.abs(fixture.orders)[:, None] - count
    dropped = cut == 0 if least == 0 else cut >= least
    return fixture.changed(matrix=np.where(dropped, 0.0, fixture.matrix))


def _next(fixture: Fixture) -> Floats:
    """Return the law with each coefficient in the place of the next."""
    return np.roll(fixture.law, 1, axis=(0, 1))


MUTANTS = (
    Mutant("w for w^2", "weights enter once, times their mean", BOTH, _one_weight),
    Mutant("uniform weights", "4 pi/npix for the ring's weight", BOTH,
           lambda f: _weighted(f, np.ones(f.weights.size))),
    Mutant("sqrt2 dropped", "Re and Im without sqrt2 for m != 0", BOTH,
           lambda f: _scaled(f, _where_order(f, 1 / ROOT2, 1.0))),
    Mutant("m=0 as complex", "half of the variance for m = 0", BOTH,
           lambda f: _scaled(f, _where_order(f, 1.0, 1 / ROOT2))),
    Mutant("cos/sin swapped", "m and -m exchanged", BOTH,
           lambda f: _placed(f, f.degrees**2 + f.degrees - f.orders)),
    Mutant("Condon-Shortley sign", "(-1)^m left out", BOTH, lambda f: _scaled(f, _sign(f.orders))),
    Mutant("conjugate", "the sine part's sign", BOTH,
           lambda f: _scaled(f, np.where(f.orders < 0, -1.0, 1.0))),
    Mutant("theta flipped", "north and south exchanged, (-1)^(l+m)", BOTH,
           lambda f: _scaled(f, _sign(f.degrees + f.orders))),
    Mutant("sigma for sigma^2", "deviation for variance of the pixels", BOTH,
           lambda f: f.changed(variance=np.sqrt(f.variance))),
    Mutant("t^2 for t", "variance grows as t^2", BOTH, lambda f: f.time * f.law),
    Mutant("one step less", f"{STEPS - 1} of {STEPS} time steps", (PROBE,),
           lambda f: f.law * (STEPS - 1) / STEPS),
    Mutant("diagonal only", "all couplings dropped", BOTH, lambda f: np.diag(np.diagonal(f.law))),
    Mutant("l != l' dropped", "no couplings between degrees", BOTH, lambda f: _kept(f, f.degrees)),
    Mutant("m != m' dropped", "no couplings between orders", BOTH, lambda f: _kept(f, f.orders)),
    Mutant("m-major order", "coefficients sorted by |m| first", BOTH,
           lambda f: _placed(f, np.abs(f.orders) * f.orders.size + f.degrees)),
    Mutant("L^T L for L L^T", "the factor on the wrong side", BOTH, _turned),
    Mutant("isotropic noise", "mean variance for every pixel", BOTH,
           lambda f: f.changed(variance=np.full_like(f.variance, f.variance.mean()))),
    Mutant("slope in l", f"deviation {SLOPE:.0%} too large at the highest degree", BOTH,
           lambda f: _scaled(f, 1 + SLOPE * f.degrees / f.degrees.max())),
    Mutant("rolled in longitude", "variances moved on by one pixel", BOTH, _rolled),
    Mutant("one coupling dropped", "the largest off-diagonal entry is 0", BOTH, _one_coupling_less),
    Mutant("float32 covariance", "Sigma rounded to single precision", (PROBE,),
           lambda f: f.law.astype(np.float32).astype(np.float64)),
    Mutant("healpy packing", "complex variance for the real parts' at m > 0", BOTH,
           lambda f: _scaled(f, _where_order(f, ROOT2, 1.0))),
    Mutant("sqrt(t) for t", "variance grows as sqrt(t)", BOTH, lambda f: f.law / np.sqrt(f.time)),
    Mutant("antipode", "the sphere seen from within, (-1)^l", BOTH,
           lambda f: _scaled(f, _sign(f.degrees))),
    Mutant("map transposed", "variances read column by column", BOTH,
           lambda f: f.changed(variance=f.variance[f.order])),
    Mutant("sin(theta) weights", "midpoint rule for Gauss-Legendre's", (PROBE,),
           lambda f: _weighted(f, np.sin(f.theta))),
    Mutant("l off by one", "sqrt(2l + 3) for sqrt(2l + 1)", BOTH,
           lambda f: _scaled(f, np.sqrt((2 * f.degrees + 3) / (2 * f.degrees + 1)))),
    Mutant("index off by one", "every coefficient in the place of the next", BOTH, _next),
    Mutant("(-1)^m of the pseudo-covariance", "C_(lm,l'-m') for P_(lm,l'm')", BOTH, _mirrored_orders),
    Mutant("NEST for RING", "variances in the other order", BOTH,
           lambda f: f.changed(variance=f.variance[f.order]), "healpix"),
    Mutant("iter=3 for iter=0", "law of the iterated analysis", BOTH, _iterated, "healpix"),
    Mutant("pixel window", "coefficients divided by the pixel's window", BOTH,
           lambda f: _scaled(f, 1 / f.window), "healpix"),
    Mutant("ring phases dropped", "every ring starts at longitude 0", BOTH, _without_phases, "healpix"),
    Mutant("Nyquist dropped", "rings have no say at 2 |m| = n_r", (PROBE,),
           lambda f: _ring_cut(f, 0), "healpix"),
    Mutant("aliases dropped", "rings have no say at 2 |m| > n_r", (PROBE,),
           lambda f: _ring_cut(f, 1), "healpix"),
    *SIMULATORS,
)  # fmt: skip
TRUTH = tuple(
    replace(mutant, grid=grid)
    for grid in ("gauss-legendre", "healpix")
    for mutant in (
        Mutant("truth: covariance", "nothing is wrong", (), lambda f: f.law),
        Mutant("truth: simulator", "nothing is wrong", (), lambda f: simulator(f)),
    )
)
