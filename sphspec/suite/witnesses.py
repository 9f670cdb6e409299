"""Which independent transforms stand beside an operator."""

from sphspec.analysis import Jacobi, LeastSquares
from sphspec.grids import Healpix
from sphspec.operator import Operator
from sphspec.resampling import Resampling
from sphspec.simulate import DirectWitness, DuccWitness, HealpyWitness, ResamplingWitness, Witness


def iterations(operator: Operator) -> int:
    """Return the number of Jacobi iterations of an operator, 0 for plain quadrature."""
    return operator.iterations if isinstance(operator, Jacobi) else 0


def direct_witness(operator: Operator) -> DirectWitness:
    """Return the brute-force twin of an operator."""
    if isinstance(operator, Resampling):
        return ResamplingWitness(operator.grid, operator.lmax)
    kind = "least-squares" if isinstance(operator, LeastSquares) else "jacobi"
    return DirectWitness(operator.grid, operator.lmax, kind, iterations(operator))


def healpy_witness(operator: Operator) -> HealpyWitness | None:
    """Return healpy's own transform where it is the same operator: its weights, iter = k."""
    grid = operator.grid
    if not isinstance(grid, Healpix) or isinstance(operator, LeastSquares):
        return None
    if grid.healpy_options is None or operator.lmax > 3 * grid.nside - 1:
        return None
    return HealpyWitness(grid, operator.lmax, iterations(operator))


def ducc_witness(operator: Operator) -> DuccWitness | None:
    """Return ducc0's transform where it is the same operator: quadrature and its iterations on rings."""
    if isinstance(operator, LeastSquares | Resampling):
        return None
    return DuccWitness(operator.grid, operator.lmax, iterations(operator))


def simulated_through(operator: Operator) -> Witness:
    """Return the transform that draws go through: healpy where it can, then ducc0, then brute force."""
    return healpy_witness(operator) or ducc_witness(operator) or direct_witness(operator)
