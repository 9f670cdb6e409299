"""s2fft's generator of random harmonic coefficients, which its tests and examples use."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sphspec import _validate as check
from sphspec.adapters.base import Adapter, Floats
from sphspec.conventions import from_complex


@dataclass(frozen=True)
class S2fftGenerator(Adapter):
    """s2fft.utils.signal_generator.generate_flm(rng, L, reality=True), the coefficients of a real field.

    Promise: none of a law. Its docstring says "Generate a 2D set of random harmonic coefficients" (and
    "Real signals are explicitly produced from conjugate symmetry"). The claim here is white isotropic noise
    of the level that most coefficients have, E|f_lm|^2 = 2 for m > 0 (`complex_normal(..., var=2)`): what
    somebody takes it for who uses these coefficients as noise.

    It draws from rng itself.

    Attributes
    ----------
    lmax : band limit, inclusive; s2fft's L is lmax + 1
    """

    name = "s2fft"
    package = module = "s2fft"
    extra = "adapters-s2fft"
    function = "s2fft.utils.signal_generator.generate_flm"

    lmax: int = 16

    def __post_init__(self) -> None:
        check.integer("lmax", self.lmax, 0)

    @property
    def grid(self) -> None:
        """None: draws are coefficients."""

    @property
    def cl(self) -> Floats:
        """2 for every degree."""
        return np.full(self.lmax + 1, 2.0)

    def _draw(self, rng: np.random.Generator, size: int) -> Any:
        from s2fft.utils.signal_generator import generate_flm

        orders, degrees = np.triu_indices(self.lmax + 1)  # m-major: l = m .. lmax for each m >= 0
        alm = np.empty((size, degrees.size), dtype=np.complex128)
        for place in range(size):
            flm = generate_flm(rng, self.lmax + 1, reality=True)
            alm[place] = flm[degrees, self.lmax + orders]
        return from_complex(alm, self.lmax)
