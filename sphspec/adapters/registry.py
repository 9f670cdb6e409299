"""The adapters by name: ours in a table, others' by entry points of the group `sphspec.adapters`.

Ours stand in a table, not in entry points of our own: they are found from a source tree that is not
installed, and no other package can take their names.
"""

from typing import Any

from sphspec.adapters.base import Adapter
from sphspec.specs import make


def _healpy_synalm(lmax: int = 16, exponent: float = 2.0) -> Adapter:
    from sphspec.adapters.healpy_synthesis import HealpySynalm

    return HealpySynalm(lmax, exponent)


def _healpy_synfast(lmax: int = 16, exponent: float = 2.0, nside: int = 8) -> Adapter:
    from sphspec.adapters.healpy_synthesis import HealpySynfast

    return HealpySynfast(lmax, exponent, nside)


def _torch_harmonics(nlat: int = 33, alpha: float = 2.0, tau: float = 3.0, sigma: float = 0.0) -> Adapter:
    from sphspec.adapters.torch_harmonics_field import TorchHarmonicsField

    return TorchHarmonicsField(nlat, alpha, tau, sigma)


def _pyshtools(lmax: int = 16, exponent: float = 2.0, power_unit: str = "per-l") -> Adapter:
    from sphspec.adapters.pyshtools_random import PyshtoolsRandom

    return PyshtoolsRandom(lmax, exponent, power_unit)


def _pyshtools_grid(lmax: int = 16, exponent: float = 2.0, power_unit: str = "per-l") -> Adapter:
    from sphspec.adapters.pyshtools_random import PyshtoolsGrid

    return PyshtoolsGrid(lmax, exponent, power_unit)


def _s2fft(lmax: int = 16) -> Adapter:
    from sphspec.adapters.s2fft_generator import S2fftGenerator

    return S2fftGenerator(lmax)


def _glass(lmax: int = 16, exponent: float = 2.0, nside: int = 8) -> Adapter:
    from sphspec.adapters.glass_fields import GlassGaussian

    return GlassGaussian(lmax, exponent, nside)


ADAPTERS: dict[str, Any] = {
    "glass": _glass,
    "healpy-synalm": _healpy_synalm,
    "healpy-synfast": _healpy_synfast,
    "pyshtools": _pyshtools,
    "pyshtools-grid": _pyshtools_grid,
    "s2fft": _s2fft,
    "torch-harmonics": _torch_harmonics,
}


def make_adapter(text: str) -> Adapter:
    """Return the adapter that a text such as "torch-harmonics:nlat=65,tau=2.5" names.

    Raises
    ------
    ValueError
        one line: an unknown name or key, a refused parameter, or a plug-in that is broken.

    >>> make_adapter("healpy-synalm:lmax=4,exponent=1.5").cl.size
    5
    """
    return make(text, ADAPTERS, "adapter", Adapter, decimals=True)  # type: ignore[no-any-return]
