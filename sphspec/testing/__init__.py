"""Contracts that the author of a plug-in runs: check_grid, check_operator, check_adapter.

Each returns None, or raises AssertionError with one line that names what broke and by how much.

    from sphspec.testing import check_grid

    def test_my_grid():
        check_grid(MyGrid(8), exact=7)
"""

from sphspec.testing.adapters import check_adapter
from sphspec.testing.grids import check_grid
from sphspec.testing.operators import check_operator

__all__ = ["check_adapter", "check_grid", "check_operator"]
