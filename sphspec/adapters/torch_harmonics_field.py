"""torch-harmonics' Gaussian random field on the sphere."""

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sphspec import _validate as check
from sphspec.adapters.base import Adapter, Floats, within
from sphspec.adapters.installed_code import from_installed
from sphspec.adapters.seeding import torch_seeded
from sphspec.grids.equiangular import Equiangular

LEVEL = 2 / (4 * np.pi)  # variance of alpha_lm, m > 0, over the C_l documented; see the class
BATCH = 1 << 22  # values that the class makes in one call


@dataclass(frozen=True)
class TorchHarmonicsField(Adapter):
    """torch_harmonics.random_fields.GaussianRandomFieldS2(nlat, alpha, tau, sigma): maps, 2 nlat longitudes.

    Promise (its docstring): "realisations of a centred Gaussian random field on S^2 whose covariance
    operator has the Matérn-like power spectrum C_l = sigma^2 (l(l+1)/R^2 + tau^2)^(-alpha)", R = 1, drawn
    as "i.i.d. standard-normal spectral coefficients"; sigma = tau^(alpha - 1) where it is not given. A
    covariance operator that depends on l alone is isotropic: that is the claim. Two things the docstring
    leaves open are taken from what the class does: C_0 = 0, and the level, which depends on how the
    harmonics are normalised. The class calls its transform with norm="backward", harmonics that are
    orthonormal but for 1/sqrt(4 pi), and draws E|xi|^2 = 2; so the level claimed is that of the orders
    m > 0, nearly all coefficients: 2 C_l/(4 pi).

    The grid is torch-harmonics' "equiangular" (Clenshaw-Curtis with both poles), lmax = (nlat+1)//2 - 1,
    the default truncation since 0.9.0. Draws are float32, the class's default, and are widened. It draws
    from torch's default generator of the CPU, which is seeded from rng within a block and put back.

    Attributes
    ----------
    nlat : rings, >= 3
    alpha : exponent, > 1
    tau : inverse correlation length, > 0
    sigma : amplitude, > 0; 0 for the class's default tau^(alpha - 1)
    """

    name = "torch-harmonics"
    package = "torch-harmonics"
    module = "torch_harmonics"
    extra = "adapters-torch"
    function = "torch_harmonics.random_fields.GaussianRandomFieldS2"

    nlat: int = 33
    alpha: float = 2.0
    tau: float = 3.0
    sigma: float = 0.0

    def __post_init__(self) -> None:
        check.integer("nlat", self.nlat, 3)
        within("alpha", self.alpha, 1.0)
        check.positive("tau", self.tau)
        check.positive("sigma", self.sigma, allow_zero=True)

    @property
    def description(self) -> str:
        """What is run, in words: whether the class came through the package's own __init__."""
        _, reason = self._loaded
        if not reason:
            return super().description
        import torch

        return (
            f"{super().description}: the package's compiled extension does not import beside torch "
            f"{torch.__version__} ({reason}); the class's own Python code is run from the installed package"
        )

    @cached_property
    def grid(self) -> Equiangular:
        """Clenshaw-Curtis rings with both poles, 2 nlat points on each."""
        return Equiangular(self.nlat, 2 * self.nlat, "clenshaw-curtis")

    @property
    def lmax(self) -> int:
        """Band limit, inclusive."""
        return (self.nlat + 1) // 2 - 1

    @property
    def cl(self) -> Floats:
        """The documented C_l at the level of the orders m > 0; C_0 = 0."""
        degrees = np.arange(self.lmax + 1.0)
        sigma = self.sigma or self.tau ** (self.alpha - 1)
        cl = LEVEL * sigma**2 * (degrees * (degrees + 1) + self.tau**2) ** -self.alpha
        cl[0] = 0.0
        return np.asarray(cl)

    def _draw(self, rng: np.random.Generator, size: int) -> Any:
        maps = np.empty((size, self.width), dtype=np.float32)
        step = max(1, BATCH // self.width)
        with torch_seeded(rng):
            for first in range(0, size, step):
                count = min(step, size - first)
                maps[first : first + count] = self._field(count).reshape(count, -1).numpy()
        return maps

    @cached_property
    def _loaded(self) -> tuple[Any, str]:
        """The class, and why it did not come through the package's __init__."""

        def take() -> Any:
            from torch_harmonics.random_fields import GaussianRandomFieldS2

            return GaussianRandomFieldS2

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the package about its extensions and truncation
            self.version()
            return from_installed(self.module, take)

    @cached_property
    def _field(self) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = self._loaded[0](self.nlat, self.alpha, self.tau, self.sigma or None)
        if made.isht.lmax != self.lmax + 1:
            raise ValueError(
                f"{self.package} {self.version()} truncates nlat={self.nlat} at {made.isht.lmax} degrees, "
                f"{self.lmax + 1} were expected; use 0.9.0 or later"
            )
        return made
