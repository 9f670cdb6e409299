"""Golden values: coefficients of one field, as real libraries give them.

They are written anew with

    PYTHONPATH=tests python tests/convention_golden.py

where all libraries of `transforms.MAKERS` are installed. No converter of ours takes part: a field with known
R1 coefficients is summed from scipy's `sph_harm_y`, and each library analyses it; a library that can only
synthesise is asked for every basis function, and the coefficients are solved for.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from transforms import MAKERS, field

FILE = Path(__file__).parent / "data" / "conventions.npz"
PACKAGES = (
    "ducc0", "e3nn", "jax", "nifty", "pyshtools", "s2fft", "scipy", "sphericart", "torch", "torch-harmonics",
)  # fmt: skip
DEGREES = (1, 4)


def alpha_of(lmax):
    """Return the R1 coefficients of the field: numbers of no symmetry, exact in double precision."""
    k = np.arange((lmax + 1) ** 2)
    return ((37 * k + 11) % 101 - 50) / 32


def coefficients(make, lmax):
    """Return a library's coefficients of the field."""
    transform = make(lmax)
    values = field(alpha_of(lmax), lmax, transform.theta, transform.phi)
    if transform.analyse is not None:
        return np.asarray(transform.analyse(values))
    count = (lmax + 1) ** 2
    basis = np.stack([transform.synthesise(unit).ravel() for unit in np.eye(count)], axis=1)
    return np.linalg.lstsq(basis, values.ravel().astype(basis.dtype), rcond=None)[0]


def main():
    """Write the file."""
    arrays = {f"{lmax}|{name}": coefficients(make, lmax) for name, make in MAKERS.items() for lmax in DEGREES}
    versions = json.dumps({package: version(package) for package in PACKAGES})
    np.savez_compressed(FILE, versions=np.array(versions), **arrays)
    print(f"{FILE}: {len(arrays)} arrays, {versions}")


if __name__ == "__main__":
    main()
