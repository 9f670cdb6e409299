"""What every adapter has: another package's generator as a sampler, and the law that it should meet."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.claims import IsotropicField
from sphspec.conventions import size as count
from sphspec.grids.ring import RingGrid

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Adapter(ABC):
    """Another package's generator of random fields: a sampler, and the claim that it should meet.

    The fields of the dataclass are the generator's parameters. Nothing of the other package is imported
    before the first draw.

    Attributes
    ----------
    name : as `sphspec audit adapter:NAME` calls it
    package : what pip calls the package
    module : what Python imports
    extra : of sphspec, which installs it
    function : the generator in the package
    lmax : band limit of the draws, inclusive
    """

    name: ClassVar[str]
    package: ClassVar[str]
    module: ClassVar[str]
    extra: ClassVar[str]
    function: ClassVar[str]

    def version(self) -> str:
        """Return the version of the package that is installed.

        Raises
        ------
        ValueError
            where it is not.
        """
        try:
            return version(self.package)
        except PackageNotFoundError:
            raise ValueError(self._absent()) from None

    @property
    def description(self) -> str:
        """What is run, in words."""
        return f"{self.package} {self.version()}, {self.function}"

    @property
    @abstractmethod
    def grid(self) -> RingGrid | None:
        """The grid of the maps; None where draws are coefficients."""

    @property
    @abstractmethod
    def cl(self) -> Floats:
        """The angular power spectrum that the documentation states, C_l for l = 0 .. lmax."""

    @property
    def width(self) -> int:
        """Number of values of one draw: of points, or of coefficients."""
        return count(self.cl.size - 1) if self.grid is None else self.grid.npix

    def sampler(self, rng: np.random.Generator, size: int) -> Floats:
        """Return draws (size, npix) on `grid`, or (size, (lmax+1)^2) coefficients in chart R1.

        All randomness comes from rng, which moves on: equal states give equal draws.

        Raises
        ------
        ValueError
            where the package is absent, or for something that is no rng or no size.
        """
        if not isinstance(rng, np.random.Generator):
            raise ValueError(f"rng must be a numpy.random.Generator, got {rng!r}")
        rows = check.integer("size", size, 0)
        check.fits(32.0 * rows * self.width, f"{rows} draws of {self.name}", "draw fewer at once")
        self.version()
        try:
            draws = self._draw(rng, rows)
        except ImportError as error:
            raise ValueError(
                f"{self.package} {self.version()} does not import: {error}; reinstall it"
            ) from None
        return np.asarray(draws, dtype=np.float64).reshape(rows, self.width)

    def claim(self) -> IsotropicField:
        """Return the law that the documentation promises, a `sphspec.claims.IsotropicField`.

        The promise and its source are in the docstring of the adapter's class.
        """
        return IsotropicField(self.grid, self.cl)

    @abstractmethod
    def _draw(self, rng: np.random.Generator, size: int) -> Any: ...

    def _absent(self) -> str:
        return f"adapter {self.name!r} needs {self.package}: pip install 'sphspec[{self.extra}]'"


@dataclass(frozen=True)
class PowerLawAdapter(Adapter):
    """An adapter of a generator that takes any spectrum: it is given C_l = 1/(1 + l)^exponent.

    Attributes
    ----------
    lmax : band limit, inclusive, >= 0
    exponent : >= 0; zero is white
    """

    lmax: int = 16
    exponent: float = 2.0

    def __post_init__(self) -> None:
        check.integer("lmax", self.lmax, 0)
        check.positive("exponent", self.exponent, allow_zero=True)

    @property
    def cl(self) -> Floats:
        """C_l = 1/(1 + l)^exponent, which the generator is given."""
        from sphspec.spectra import PowerLaw

        return PowerLaw(self.exponent).cl(self.lmax)


def within(name: str, value: Any, low: float) -> float:
    """Return a finite number above a bound; ValueError otherwise."""
    number = check.positive(name, value, allow_zero=True)
    if number <= low:
        raise ValueError(f"{name} must be a finite number > {low:g}, got {value!r}")
    return number
