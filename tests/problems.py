"""Random problems as plain data: a dictionary that prints, shrinks and repeats, and what it builds.

A problem is {"grid": ..., its parameters, "lmax", "operator", "variance", "scale"} and, where there are,
"mask" (points of zero weight) and "hits" (observations of each point: variance 1/hits, none is masked).
"""

import json
import warnings

import numpy as np
from hypothesis import strategies as st
from oracles import whole

from sphspec import (
    VE,
    VP,
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
    SubVP,
    noise_covariance,
)
from sphspec.grids.equiangular import RULES

LARGEST_DEGREE = 7
WELL_POSED = 1e6  # condition of the Gram matrix up to which least squares is tried
RECTANGULAR = ("gauss-legendre", "equiangular")
PATTERNS = ("uniform", "ring", "point", "zeros")
PROCESSES = {"vp": VP, "sub-vp": SubVP, "ve": VE}


def numbers(low, high, size):
    return st.lists(st.floats(low, high), min_size=size, max_size=size)


def colatitudes(size):
    """Draw colatitudes at a pole or 0.01 or more from it: between, orders m > 0 are seen but hardly."""
    one = st.floats(0.01, 3.13) | st.sampled_from([0.0, np.pi])
    return st.lists(one, min_size=size, max_size=size)


@st.composite
def healpix(draw):
    nside = draw(st.sampled_from([1, 2, 3, 5, 6]))
    weights = draw(st.none() | numbers(0.01, 1.0, 4 * nside - 1))
    lmax = draw(st.integers(0, 3 * nside - 1))
    return {"grid": "healpix", "nside": nside, "lmax": lmax, "weights": weights}


@st.composite
def gauss_legendre(draw):
    nlat, nlon = draw(st.integers(1, 9)), draw(st.integers(1, 15))
    return {
        "grid": "gauss-legendre",
        "nlat": nlat,
        "nlon": nlon,
        "lmax": draw(st.integers(0, LARGEST_DEGREE)),
    }


@st.composite
def equiangular(draw):
    rule = draw(st.sampled_from(sorted(RULES)))
    fewest, multiple = RULES[rule].fewest, RULES[rule].multiple
    single = bool(RULES[rule].poles) and draw(st.booleans())
    return {
        "grid": "equiangular",
        "nlat": multiple * draw(st.integers(-(-fewest // multiple), 10 // multiple)),
        "nlon": draw(st.integers(1, 15)),
        "rule": rule,
        "poles": "single" if single else "doubled",
        "lmax": draw(st.integers(0, LARGEST_DEGREE)),
    }


@st.composite
def reduced_gaussian(draw):
    counts = draw(st.lists(st.integers(1, 24), min_size=1, max_size=6))
    northern = draw(st.booleans())
    lmax = draw(st.integers(0, LARGEST_DEGREE))
    return {"grid": "reduced-gaussian", "counts": counts, "northern": northern, "lmax": lmax}


@st.composite
def rings(draw):
    count = draw(st.integers(1, 6))
    return {
        "grid": "rings",
        "theta": draw(colatitudes(count)),
        "nphi": draw(st.lists(st.integers(1, 12), min_size=count, max_size=count)),
        "phi0": draw(numbers(-6.28, 6.28, count)),
        "weights": draw(numbers(0.05, 2.0, count)),
        "lmax": draw(st.integers(0, 5)),
    }


@st.composite
def scattered(draw):
    count = draw(st.integers(1, 40))
    return {
        "grid": "points",
        "theta": draw(colatitudes(count)),
        "phi": draw(numbers(0.0, 6.28, count)),
        "weights": draw(numbers(0.05, 2.0, count)),
        "lmax": draw(st.integers(0, 5)),
    }


FAMILIES = {
    "healpix": healpix,
    "gauss-legendre": gauss_legendre,
    "equiangular": equiangular,
    "reduced-gaussian": reduced_gaussian,
    "rings": rings,
    "points": scattered,
}
ALL_FAMILIES = tuple(FAMILIES.values())


def grid_families(*names):
    """Return families of grids by name."""
    return tuple(FAMILIES[name] for name in names)


@st.composite
def problems(
    draw,
    families=ALL_FAMILIES,
    operators=("quadrature", "jacobi"),
    covers=("whole", "mask", "hits"),
):
    """Any grid of the families, whole, masked or with a map of hits, with one of the operators."""
    problem = draw(st.one_of([family() for family in families]))
    problem["operator"] = draw(st.sampled_from(operators))
    if problem["operator"] == "jacobi":
        problem["iterations"] = draw(st.integers(1, 3))
    problem["variance"] = draw(st.sampled_from(PATTERNS))
    problem["scale"] = draw(st.floats(0.1, 5.0))
    cover = draw(st.sampled_from(covers))
    if cover == "mask":
        problem["mask"] = sorted(draw(st.sets(st.integers(0, 500), min_size=1, max_size=20)))
    elif cover == "hits":
        problem["hits"] = draw(st.lists(st.integers(0, 9), min_size=1, max_size=11).filter(any))
    return problem


@st.composite
def processes(draw, lowest=0.05, highest=2.0, ratio=20.0):
    """VP, sub-VP or VE as plain data, with random strengths."""
    low = draw(st.floats(lowest, highest))
    kind = draw(st.sampled_from(sorted(PROCESSES)))
    return {"process": kind, "low": low, "high": low * draw(st.floats(1.01, ratio))}


def key(problem):
    """Return the canonical text of a problem: what its random streams are keyed by."""
    return json.dumps(problem, sort_keys=True)


def build_process(chosen):
    """Return the process of its data."""
    return PROCESSES[chosen["process"]](chosen["low"], chosen["high"])


def build(problem):
    """Return the covariance of a problem; None where the grid cannot have the operator."""
    grid = _covered(_grid(problem), problem)
    operator = _operator(grid, problem)
    if operator is None:
        return None
    return noise_covariance(operator, problem["scale"] * _variance(grid, problem))


def no_noise(cov):
    """Tell whether no point has both a weight and a variance, so that the law is one point."""
    return not np.any(cov.variance * cov.operator.grid.weights)


def annihilated(cov):
    """Tell whether the Jacobi iteration leaves nothing of what the grid sees, so that Sigma is roundoff.

    One step leaves nothing where the eigenvalues of G are 2: all weight at a pole, (lmax+1)^2 w = 8 pi.
    """
    plain = noise_covariance(Quadrature(cov.operator.grid, cov.lmax), cov.variance)
    return float(cov.diagonal().sum()) <= 1e-10 * float(plain.diagonal().sum())


def _grid(problem):
    match problem["grid"]:
        case "healpix":
            grid = Healpix(problem["nside"])
            given = problem.get("weights")
            return Healpix(problem["nside"], whole(given, grid.nphi)) if given else grid
        case "gauss-legendre":
            return GaussLegendre(problem["nlat"], problem["nlon"])
        case "equiangular":
            return Equiangular(problem["nlat"], problem["nlon"], problem["rule"], problem["poles"])
        case "reduced-gaussian":
            return ReducedGaussian(problem["counts"], northern=problem["northern"])
        case "points":
            return PointGrid(problem["theta"], problem["phi"], whole(problem["weights"]))
        case _:
            weights = whole(problem["weights"], problem["nphi"])
            return RingGrid(problem["theta"], problem["nphi"], problem["phi0"], weights)


def _covered(grid, problem):
    """Return the grid with zero weight on the points that a mask or a map of hits leaves out."""
    seen = np.ones(grid.npix, dtype=bool)
    if "mask" in problem:
        seen[np.array(problem["mask"]) % grid.npix] = False
    elif "hits" in problem:
        seen = _hits(grid, problem) > 0
    if seen.all():
        return grid
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a masked sphere has less than 4 pi: it is meant
        if isinstance(grid, Healpix):
            return Healpix(grid.nside, grid.weights * seen)
        return RingGrid(grid.ring_theta, grid.nphi, grid.phi0, grid.weights * seen)


def _hits(grid, problem):
    return np.resize(np.array(problem["hits"]), grid.npix)


def _operator(grid, problem):
    match problem["operator"]:
        case "jacobi":
            return Jacobi(grid, problem["lmax"], problem["iterations"])
        case "least-squares":
            return _regular(grid, problem["lmax"])
        case "resampling":
            geometry = grid.geometry
            reached = -1 if geometry is None else min(geometry.lmax, (geometry.nlon - 1) // 2)
            return Resampling(grid, min(problem["lmax"], reached)) if reached >= 0 else None
        case _:
            return Quadrature(grid, problem["lmax"])


def _regular(grid, lmax):
    """Return least squares at the band limit, or the highest below it, that the weighted points determine."""
    for lower in range(min(lmax, int(np.sqrt(np.count_nonzero(grid.weights))) - 1), -1, -1):
        operator = LeastSquares(grid, lower)
        if operator.gram.rank == operator.n and operator.condition <= WELL_POSED:
            return operator
    return None


def _variance(grid, problem):
    pattern = {
        "uniform": np.ones(grid.npix),
        "ring": 1.1 + np.cos(grid.theta) + 0.3 * np.cos(2 * grid.theta),
        "point": 1.5 + np.sin(2.0 + 3.7 * np.arange(grid.npix)),
        "zeros": np.arange(grid.npix) % 3 / 2,
    }[problem["variance"]]
    return pattern / np.maximum(_hits(grid, problem), 1) if "hits" in problem else pattern
