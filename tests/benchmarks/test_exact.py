"""Exact entries by our rational arithmetic, against SymPy's Ynm summed over the pixels.

python -m pytest -m benchmark -n 0 tests/benchmarks/test_exact.py -s
"""

import pytest
import sympy

from derivations import exact_covariance
from derivations.grids import Healpix
from sphspec import Healpix as Pixels
from sphspec.bench import Comparison, compared


def by_ynm():
    """C_(20),(20) at nside 1 by SymPy: twelve pixels, z in thirds."""
    theta, phi = sympy.symbols("theta phi", real=True)
    harmonic = sympy.Ynm(2, 0, theta, phi).expand(func=True)
    grid, total = Pixels(1), 0
    for z in grid.ring_directions[0].repeat(grid.nphi):
        exact = sympy.Rational(round(3 * z), 3)
        total += harmonic.subs(theta, sympy.acos(exact)) ** 2
    return sympy.simplify((4 * sympy.pi / 12) ** 2 * total)


def test_both_are_the_same_number():
    assert sympy.simplify(by_ynm() - exact_covariance(Healpix(1), 2)[2, 0, 2, 0]) == 0


@pytest.mark.benchmark
def test_ratio(benchmark):
    ours = lambda: exact_covariance(Healpix(1), 2)  # noqa: E731 - all its entries
    outcome = compared(
        Comparison("exact entries, nside=1, lmax=2", "Ynm, one entry", lambda: (ours, by_ynm), 1.0)
    )
    benchmark.pedantic(ours, rounds=1)
    print(
        f"\n{outcome.ratio:.3g} of SymPy's Ynm: {outcome.ours:.3g} s for all, {outcome.theirs:.3g} s for one"
    )
