"""The contracts for plug-ins: built-in grids and operators keep them, every planted error breaks one."""

import numpy as np
import pytest
from oracles import whole

from sphspec import (
    Equiangular,
    GaussLegendre,
    Healpix,
    Jacobi,
    LeastSquares,
    PointGrid,
    Quadrature,
    ReducedGaussian,
    Resampling,
    RingGrid,
)
from sphspec.testing import check_grid, check_operator
from sphspec.testing import operators as operator_contract

RINGS = ([0.3, 0.9, 1.4, 2.2, 2.9], [4, 7, 9, 8, 3], [0.1, 0.0, 0.5, 2.0, 1.0])
EXACT = {  # degree up to which the weights are exact
    "healpix-1": (Healpix(1), 1),
    "healpix-3": (Healpix(3), 1),
    "healpix-ring": (Healpix.ring_weighted(2), 1),
    "healpix-weights": (Healpix(2, weights=whole(np.linspace(0.1, 0.4, 48))), 0),
    "gauss-legendre": (GaussLegendre(7, 13), 12),
    "fejer1": (Equiangular(6, 11), 5),
    "clenshaw-curtis": (Equiangular(7, 11, "clenshaw-curtis"), 7),
    "clenshaw-curtis-single": (Equiangular(7, 11, "clenshaw-curtis", "single"), 7),
    "fejer2": (Equiangular(9, 10, "fejer2"), 9),
    "driscoll-healy": (Equiangular(8, 9, "driscoll-healy"), 7),
    "mcewen-wiaux": (Equiangular(6, 12, "mcewen-wiaux"), 5),
    "mcewen-wiaux-single": (Equiangular(6, 11, "mcewen-wiaux", "single"), 5),
    "octahedral": (ReducedGaussian.octahedral(3), 5),
    "fibonacci": (PointGrid.fibonacci(40), 0),
    "icosahedron": (PointGrid.icosahedron(), 5),
    "scattered": (PointGrid([0, 0.4, 1, 2, np.pi], [1, 2, 0, 5, 3], whole([1, 2, 3, 2, 1])), 0),
    "rings": (RingGrid(*RINGS, whole([0.3, 0.5, 0.4, 0.6, 0.2], RINGS[1])), 0),
}


@pytest.mark.parametrize("name", EXACT)
def test_every_grid_keeps_the_contract(name):
    grid, degree = EXACT[name]
    check_grid(grid, exact=degree)


def test_a_mask_is_a_grid_whose_weights_need_not_be_whole():
    with pytest.warns(UserWarning, match="e.g. by a mask"):
        grid = Healpix(2, weights=np.r_[np.zeros(10), np.full(38, 4 * np.pi / 48)])
    check_grid(grid, whole=False)
    with pytest.raises(AssertionError, match=r"weights sum to 9.948\d+, not to 4 pi: off by 0.208"):
        check_grid(grid)


def changed(grid, **values):
    """Return a grid with attributes changed behind its back."""
    for name, value in values.items():
        grid.__dict__[name] = value
    return grid


def frozen(array):
    array.setflags(write=False)
    return array


class Forgetful(GaussLegendre):
    """Pickled as a grid of other weights."""

    def __reduce__(self):
        return Healpix, (1, whole(np.arange(1.0, 13.0)))


def tilted():
    """Return a grid without any symmetry."""
    return RingGrid([0.5, 1.5, 2.2], [4, 5, 6], [0.3, 0.1, 0.2], whole([1, 1, 1], [4, 5, 6]))


ASKEW = {
    "no grid": (lambda: "healpix", "must be a sphspec.RingGrid, got str"),
    "no name": (lambda: changed(GaussLegendre(3, 5), name=""), "grid.name must be a text"),
    "float32": (
        lambda: changed(GaussLegendre(3, 5), weights=np.full(15, 4 * np.pi / 15, np.float32)),
        "weights must be float64, got float32",
    ),
    "shape": (lambda: changed(GaussLegendre(3, 5), theta=np.ones(3)), r"theta must have shape \(15,\)"),
    "list": (lambda: changed(GaussLegendre(3, 5), phi=[0.0] * 15), "phi must be a NumPy array, got list"),
    "nan": (lambda: changed(GaussLegendre(3, 5), phi=np.full(15, np.nan)), "phi must be finite"),
    "writable": (
        lambda: changed(GaussLegendre(3, 5), weights=np.full(15, 4 * np.pi / 15)),
        "weights must be read-only",
    ),
    "latitude for colatitude": (
        lambda: changed(GaussLegendre(3, 5), ring_theta=frozen(np.array([0.9, 0.0, -0.9]))),
        r"ring_theta must be in \[0, pi\], got -0.9",
    ),
    "npix": (
        lambda: changed(GaussLegendre(3, 5), nphi=frozen(np.array([5, 5, 6]))),
        "npix is 15, the rings have 16",
    ),
    "empty ring": (
        lambda: changed(GaussLegendre(3, 5), nphi=frozen(np.array([5, 0, 10]))),
        "nphi must be >= 1",
    ),
    "ring start": (
        lambda: changed(GaussLegendre(3, 5), ring_start=np.array([0, 5, 9])),
        "ring_start must be",
    ),
    "theta of another ring": (
        lambda: changed(GaussLegendre(3, 5), theta=GaussLegendre(3, 5).theta[::-1]),
        "theta of points must be that of their ring: off by 1.7",
    ),
    "west for east": (
        lambda: changed(GaussLegendre(3, 5), phi=-GaussLegendre(3, 5).phi),
        "phi must be equispaced on each ring, from phi0 on: off by",
    ),
    "degrees": (
        lambda: changed(GaussLegendre(3, 5), phi=np.degrees(GaussLegendre(3, 5).phi)),
        "phi must be equi",
    ),
    "directions": (
        lambda: changed(GaussLegendre(3, 5), ring_directions=(np.zeros(3), np.ones(3))),
        r"ring_directions: cos\(theta\): off by 0.77",
    ),
    "sine": (
        lambda: changed(
            GaussLegendre(3, 5), ring_directions=(GaussLegendre(3, 5).ring_directions[0], np.ones(3))
        ),
        r"ring_directions: sin\(theta\): off by",
    ),
    "not symmetric": (lambda: changed(tilted(), symmetric=True), "not symmetric about the equator"),
    "not mirrored": (lambda: changed(tilted(), mirrored=True), "not symmetric under phi -> -phi"),
    "no pole": (
        lambda: changed(GaussLegendre(3, 5), polar=np.array([True, False, False])),
        "polar is True for a ring that is not at a pole",
    ),
    "weights": (
        lambda: changed(GaussLegendre(3, 5), weights=frozen(1.001 * GaussLegendre(3, 5).weights)),
        "weights sum to 12.57.*, not to 4 pi: off by 0.001",
    ),
    "pickle": (lambda: Forgetful(3, 5), r"theta is changed by pickling: shape \(12,\), expected \(15,\)"),
}


@pytest.mark.parametrize("name", ASKEW)
def test_a_planted_error_in_a_grid_is_named(name):
    make, message = ASKEW[name]
    with pytest.raises(AssertionError, match=message) as caught:
        check_grid(make())
    assert "\n" not in str(caught.value)


def test_weights_that_are_not_exact_are_named_with_degree_and_order():
    with pytest.raises(AssertionError, match=r"do not integrate l=14, m=0, though exact up to degree 14"):
        check_grid(GaussLegendre(7, 20), exact=14)
    with pytest.raises(AssertionError, match=r"do not integrate l=13, m=13"):
        check_grid(GaussLegendre(9, 13), exact=13)


OPERATORS = [
    *(Quadrature(grid, 4) for grid, _ in EXACT.values()),
    Jacobi(Healpix(3), 8, 2),
    Jacobi(GaussLegendre(5, 6), 8, 1),
    LeastSquares(Healpix(3), 8),
    LeastSquares(GaussLegendre(9, 17), 8),
    Resampling(Equiangular(6, 12, "mcewen-wiaux"), 5),
    Resampling(Equiangular(7, 11, "clenshaw-curtis"), 5),
    Resampling(GaussLegendre(6, 11), 5),
]


@pytest.mark.parametrize("operator", OPERATORS, ids=repr)
def test_every_operator_keeps_the_contract(operator):
    check_operator(operator)


class Analyses(Quadrature):
    """A quadrature whose analysis is given."""

    def __init__(self, analyse):
        super().__init__(GaussLegendre(4, 7), 3)
        self._given = analyse

    def _analyse(self, x):
        return self._given(super()._analyse, x)


class AdjointScaled(Quadrature):
    """A^T times 1.001."""

    def _adjoint(self, alpha):
        return 1.001 * super()._adjoint(alpha)


class AdjointSkewed(Quadrature):
    """Wrong in the eleventh digit, of one coefficient."""

    def _adjoint(self, alpha):
        return super()._adjoint(alpha * np.where(np.arange(self.n) == 1, 1 + 1e-10, 1.0))


class DenseScaled(Quadrature):
    """dense() times 1.001."""

    def dense(self):
        return 1.001 * super().dense()


class SynthesisInWest(Quadrature):
    """One sine with the other sign."""

    def synthesis(self, alpha):
        return super().synthesis(np.asarray(alpha) * np.where(np.arange(self.n) == 1, -1, 1))


class FilterForgotten(Jacobi):
    """Sigma of plain quadrature for the Jacobi iteration."""

    def filter(self, gram):
        return np.eye(gram.shape[0])


class StrengthLinear(Quadrature):
    """w s^2 instead of w^2 s^2."""

    def strength(self, variance):
        return self.weights * variance


class Permissive(Quadrature):
    """Takes NaN for zero."""

    def __call__(self, x):
        return self._analyse(np.nan_to_num(np.asarray(x)))


class Talkative(Quadrature):
    """Refuses in two lines."""

    def __call__(self, x):
        if not np.isfinite(x).all():
            raise ValueError("not\nfinite")
        return super().__call__(x)


class Crashing(Quadrature):
    """Fails otherwise than by a ValueError."""

    def __call__(self, x):
        if np.shape(x)[-1] != self.grid.npix:
            raise IndexError("out of range")
        return super().__call__(x)


class AdjointFlat(Quadrature):
    """Loses the batch's axes."""

    def _adjoint(self, alpha):
        return super()._adjoint(alpha).reshape(-1, self.grid.npix)


class RealPart(Quadrature):
    """Takes complex maps for their real parts."""

    def __call__(self, x):
        return super().__call__(np.asarray(x).real)


class Truncating(Quadrature):
    """Takes coefficients of a higher band limit."""

    def adjoint(self, alpha):
        return super().adjoint(np.asarray(alpha)[..., : self.n])


def named(operator, **values):
    operator.__dict__.update(values)
    return operator


GRID = GaussLegendre(4, 7)
CROOKED = {
    "no operator": (lambda: len, "must be a sphspec Operator, got builtin_function"),
    "no name": (lambda: named(Quadrature(GRID, 3), name=""), "name must be a text"),
    "size": (lambda: named(Quadrature(GRID, 3), n=15), r"n is 15, \(lmax\+1\)\^2 is expected"),
    "large": (lambda: Quadrature(Healpix(64), 60), "too many for a dense matrix"),
    "nonlinear": (lambda: Analyses(lambda a, x: a(x * np.abs(x))), "A is not linear"),
    "affine": (lambda: Analyses(lambda a, x: a(x) + 1e-3), "A is not linear"),
    "batch": (
        lambda: Analyses(lambda a, x: a(x) if x.ndim > 1 else 1.001 * a(x)),
        "A of one map and of a batch differ",
    ),
    "shape": (lambda: Analyses(lambda a, x: a(x)[..., :-1]), r"has shape \(28, 15\), not \(28, 16\)"),
    "infinite": (lambda: Analyses(lambda a, x: a(x) * np.inf), "not finite"),
    "adjoint": (lambda: AdjointScaled(GRID, 3), "adjoint identity <A x, a> = <x, A\\^T a>: off by"),
    "adjoint, one coefficient": (lambda: AdjointSkewed(GRID, 3), "adjoint is not the transpose: off by"),
    "adjoint of a batch": (lambda: AdjointFlat(GRID, 3), r"A\^T of \(2, 3, 16\) has shape \(6, 28\)"),
    "complex": (lambda: RealPart(GRID, 3), "a complex map: taken without complaint"),
    "truncating": (lambda: Truncating(GRID, 3), "coefficients of another length: taken without complaint"),
    "dense": (lambda: DenseScaled(GRID, 3), r"dense\(\) is not the matrix of A"),
    "synthesis": (lambda: SynthesisInWest(GRID, 3), "synthesis is not Phi alpha"),
    "filter": (lambda: FilterForgotten(Healpix(2), 5, 2), "Sigma for a pixel variance of 1 is not A D A"),
    "strength": (lambda: StrengthLinear(GRID, 3), "Sigma for a pixel variance of 1 is not A D A"),
    "permissive": (lambda: Permissive(GRID, 3), "a map of NaN: taken without complaint"),
    "talkative": (lambda: Talkative(GRID, 3), "a map of NaN: the refusal has more than one line"),
    "crashing": (lambda: Crashing(GRID, 3), "a map of another length: IndexError instead of ValueError"),
}


@pytest.mark.parametrize("name", CROOKED)
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_a_planted_error_in_an_operator_is_named(name):
    make, message = CROOKED[name]
    with pytest.raises(AssertionError, match=message) as caught:
        check_operator(make())
    assert "\n" not in str(caught.value)


class Altered:
    """A covariance with one entry of Sigma, or its diagonal, altered."""

    def __init__(self, cov, place=None, diagonal=1.0, factor=1.0):
        self.cov, self.place, self.scale, self.factor = cov, place, diagonal, factor

    def dense(self):
        sigma = self.cov.dense() * self.factor
        if self.place is not None:
            sigma[self.place] += 1e-3
        return sigma

    def diagonal(self):
        return self.scale * self.cov.diagonal()


@pytest.mark.parametrize(
    ("altered", "message"),
    [
        ({"place": (0, 3)}, "Sigma for a pixel variance of 1 is not symmetric: off by 0.001"),
        ({"place": (0, 0)}, "is not A D A"),
        ({"diagonal": 1.001}, "its diagonal"),
    ],
)
def test_a_planted_error_in_sigma_is_named(monkeypatch, altered, message):
    exact = operator_contract.noise_covariance
    monkeypatch.setattr(
        operator_contract, "noise_covariance", lambda *given: Altered(exact(*given), **altered)
    )
    with pytest.raises(AssertionError, match=message):
        check_operator(Quadrature(GRID, 3))


def test_a_tolerance_is_kept():
    with pytest.raises(AssertionError, match="allowed"):
        check_operator(Jacobi(Healpix(3), 8, 2), tolerance=1e-18)
