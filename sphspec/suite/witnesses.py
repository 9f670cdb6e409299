"""Which independent transforms stand beside an operator."""

from sphspec.analysis import Jacobi, LeastSquares, Quadrature
from sphspec.grids import Healpix
from sphspec.simulate import DirectWitness, HealpyWitness


def iterations(operator: Quadrature) -> int:
    """Return the number of Jacobi iterations of an operator, 0 for plain quadrature."""
    return operator.iterations if isinstance(operator, Jacobi) else 0


def direct_witness(operator: Quadrature) -> DirectWitness:
    """Return the brute-force twin of an operator."""
    kind = "least-squares" if isinstance(operator, LeastSquares) else "jacobi"
    return DirectWitness(operator.grid, operator.lmax, kind, iterations(operator))


def healpy_witness(operator: Quadrature) -> HealpyWitness | None:
    """Return healpy's own transform where it is the same operator: equal weights, iter = k."""
    grid = operator.grid
    if not isinstance(grid, Healpix) or isinstance(operator, LeastSquares):
        return None
    if not grid.equal_area or operator.lmax > 3 * grid.nside - 1:
        return None
    return HealpyWitness(grid, operator.lmax, iterations(operator))
