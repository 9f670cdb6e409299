"""Tiers 0 and 1 of a case: the claimed covariance against algebra, brute force and healpy itself."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import covariance as generated
from sphspec._generated import legendre
from sphspec.conventions import degrees_orders
from sphspec.covariance import NoiseCovariance
from sphspec.simulate import DirectWitness, HealpyWitness, squared
from sphspec.suite import probes
from sphspec.suite.design import design_results
from sphspec.suite.rounding import rounding_of
from sphspec.suite.special import special_results
from sphspec.suite.witnesses import ducc_witness
from sphspec.verify import deterministic as verify
from sphspec.verify.result import Result

Floats = NDArray[np.float64]
PROBES = 3


def coefficient_names(lmax: int) -> list[str]:
    """Return "(l, m)" for every coefficient."""
    degrees, orders = degrees_orders(lmax)
    return [f"({l}, {m})" for l, m in zip(degrees, orders, strict=True)]


def deterministic_results(
    case: str,
    cov: NoiseCovariance,
    direct: DirectWitness,
    healpy: HealpyWitness | None,
    rng: np.random.Generator,
) -> Iterator[Result]:
    """Yield the results of tiers 0 and 1 for one operator; healpy and ducc0 are probed by unit pixels."""
    sigma, names = cov.dense(), coefficient_names(cov.lmax)
    yield verify.positive_semidefinite(case, sigma)
    if cov.operator.harmonic:
        yield _sum_rule(case, cov, np.diagonal(sigma))
        yield _displacement(case, cov)
        yield from design_results(case, cov, direct)
    rounding = rounding_of(cov)
    yield _operator(case, cov, direct, rng, verify.ENTRIES * rounding.factor)
    vectors = rng.standard_normal((PROBES, cov.n))
    yield _adjoint(case, cov, vectors, rng)
    yield verify.adjoint_probe(
        case, cov.apply(vectors), vectors, direct.matrix, cov.variance, rounding.factor
    )  # fmt: skip
    brute = direct.covariance(cov.variance)
    limit, absolute = verify.ENTRIES * rounding.factor, rounding.absolute
    check = "every entry by brute force (scipy)"
    yield verify.same_entries(case, check, sigma, brute, names, limit, absolute)
    yield from special_results(case, cov, direct, sigma)
    for other in (healpy, ducc_witness(cov.operator)):
        if other is None:
            continue
        check = f"every entry by unit pixels through {other.name}"
        if cov.n > probes.DENSE:
            yield verify.same_rows(case, check, other.matrix, direct.matrix, cov.variance, names, limit)
        else:
            probed = squared(other.matrix, cov.variance)
            yield verify.same_entries(case, check, sigma, probed, names, limit, absolute)


def _sum_rule(case: str, cov: NoiseCovariance, diagonal: Floats) -> Result:
    degrees, _ = degrees_orders(cov.lmax)
    total = float(np.sum(generated.noise_strength(cov.operator.grid.weights, cov.variance)))
    predicted = generated.degree_power(np.arange(cov.lmax + 1), total)
    return verify.flat_power(case, diagonal, degrees, predicted)


def _displacement(case: str, cov: NoiseCovariance) -> Result:
    """Check the displacement recurrence on every interior entry of every block m = m'."""
    worst, where = 0.0, "no interior entries"
    _ = cov.blocks  # a block that is computed alone comes from the recurrence itself
    scale = float(cov.diagonal().max())
    for m in range(cov.lmax):
        block = cov.block(m)
        degrees = np.arange(m, cov.lmax, dtype=np.float64)
        down, up = legendre.displacement(degrees, m), legendre.displacement(degrees + 1, m)
        size = degrees.size
        padded = np.zeros((size + 2, size + 2), dtype=block.dtype)
        padded[1:, 1:] = block
        residual = generated.displacement_residual(
            up[:, None], down[:, None], up[None, :], down[None, :],
            padded[2:, 1:-1], padded[:-2, 1:-1], padded[1:-1, 2:], padded[1:-1, :-2],
        )  # fmt: skip
        value = float(np.abs(residual).max()) / scale
        if value > worst:
            row, column = divmod(int(np.abs(residual).argmax()), size)
            worst, where = value, f"m = {m}, l = {m + row}, l' = {m + column}"
    return verify.residual_result(
        case, "displacement recurrence in every block m = m'", 0, worst, verify.ENTRIES, where,
        "a block that is no ring sum", "which rings and weights they are",
    )  # fmt: skip


def _operator(
    case: str, cov: NoiseCovariance, direct: DirectWitness, rng: np.random.Generator, limit: float
) -> Result:
    maps = rng.standard_normal((PROBES, cov.operator.grid.npix))
    return verify.same_vectors(
        case, "operator on random maps", 1, cov.operator(maps), direct.analyse(maps), limit,
        f"a wrong transform, {limit:.0e} relative",
    )  # fmt: skip


def _adjoint(case: str, cov: NoiseCovariance, vectors: Floats, rng: np.random.Generator) -> Result:
    """Check <A x, y> = <x, A^T y> on random maps x and coefficients y."""
    maps = rng.standard_normal((PROBES, cov.operator.grid.npix))
    return verify.adjoint_product(
        case, cov.operator(maps), vectors, maps, cov.operator.adjoint(vectors), rounding_of(cov).factor
    )
