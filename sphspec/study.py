"""A study: grids, band limits, operators, noise, process and budget, as a validated TOML file."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    ValidationError,
    field_validator,
    model_validator,
)

from sphspec import _validate as check
from sphspec.operator import Operator
from sphspec.processes import Process
from sphspec.specs import GRIDS, OPERATORS, PROCESSES, SPECTRA, make_grid, make_operator, parse_spec
from sphspec.spectra import Spectrum


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Setting(_Strict):
    """One grid with its band limits, operators and pixel variance (uniform, per unit time)."""

    grid: str
    lmax: tuple[StrictInt, ...]
    operators: tuple[str, ...] = ("quadrature",)
    variance: StrictFloat | StrictInt = 1.0

    @field_validator("lmax", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        return value if isinstance(value, list | tuple) else (value,)

    @model_validator(mode="after")
    def _buildable(self) -> "Setting":
        parse_spec(self.grid, GRIDS, "grid")
        check.positive("variance", self.variance)
        if not self.lmax or not self.operators:
            raise ValueError("lmax and operators must not be empty")
        for lmax in self.lmax:
            check.integer("lmax", lmax, 0)
        for operator in self.operators:
            parse_spec(operator, OPERATORS, "operator")
        return self


class ProcessSetting(_Strict):
    """The scalar process: kind and its parameters, e.g. kind = "vp", beta_min = 0.1."""

    model_config = ConfigDict(extra="allow", frozen=True)
    kind: Literal["vp", "sub-vp", "ve", "cosine-vp", "ornstein-uhlenbeck"] = "vp"

    @model_validator(mode="after")
    def _buildable(self) -> "ProcessSetting":
        self.make()
        return self

    def make(self) -> Process:
        """Return the process."""
        try:
            return PROCESSES[self.kind](**(self.model_extra or {}))  # type: ignore[no-any-return]
        except TypeError as error:
            raise ValueError(f"process {self.kind!r}: {str(error).split('() ')[-1]}") from None


class DataSetting(_Strict):
    """The data's angular power spectrum: kind = "power-law", exponent = 2, or "table", values = [...]."""

    model_config = ConfigDict(extra="allow", frozen=True)
    kind: Literal["power-law", "table"] = "power-law"

    @model_validator(mode="after")
    def _buildable(self) -> "DataSetting":
        self.make()
        return self

    def make(self) -> Spectrum:
        """Return the spectrum."""
        arguments = dict(self.model_extra or {})
        if isinstance(arguments.get("values"), list):
            arguments["values"] = tuple(arguments["values"])
        try:
            return SPECTRA[self.kind](**arguments)  # type: ignore[no-any-return]
        except TypeError as error:
            raise ValueError(f"data {self.kind!r}: {str(error).split('() ')[-1]}") from None


class CostSetting(_Strict):
    """Measured seconds against the band limit, as `sphspec bench --growth` prints them."""

    machine: str = Field(min_length=1)
    lmax: tuple[StrictInt, ...] = Field(min_length=2)
    blocks: tuple[StrictFloat | StrictInt, ...]
    products: tuple[StrictFloat | StrictInt, ...]
    transforms: tuple[StrictFloat | StrictInt, ...]

    @model_validator(mode="after")
    def _complete(self) -> "CostSetting":
        if any(step <= 0 for step in np.diff((0, *self.lmax))):
            raise ValueError(f"lmax must increase from 1 on, got {self.lmax}")
        for name in ("blocks", "products", "transforms"):
            seconds = getattr(self, name)
            if len(seconds) != len(self.lmax) or not all(0 < value < np.inf for value in seconds):
                raise ValueError(
                    f"{name} must be {len(self.lmax)} seconds > 0, one for each lmax, got {seconds}"
                )
        return self


MARGINAL_TIMES = (0.3, 1.0)  # at which the marginals of the process are simulated
PATH_TIMES = (0.2, 0.3, 0.5)  # over which its paths are, from time to time


class Budget(_Strict):
    """How much is simulated and how often a correct package may fail."""

    samples: StrictInt = Field(default=2000, ge=100, le=10_000_000)
    times: tuple[StrictFloat | StrictInt, ...] = (0.2, 0.5, 1.0)
    false_alarm: StrictFloat = Field(default=1e-6, gt=0, le=0.01)
    seed: StrictInt = Field(default=20260128, ge=0)

    @field_validator("times")
    @classmethod
    def _increasing(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        steps = np.diff((0.0, *value))
        if not value or not np.isfinite(steps).all() or (steps <= 0).any() or value[-1] > 1:
            raise ValueError(f"times must increase within (0, 1], got {value}")
        return value


DEFAULT_SETTINGS = (
    Setting(
        grid="healpix:nside=8",
        lmax=(16, 23),
        operators=("quadrature", "jacobi:iterations=3", "least-squares"),
    ),
    Setting(grid="gauss-legendre:nlat=17,nlon=33", lmax=(16,)),
)


@dataclass(frozen=True, eq=False)
class Case:
    """One operator on one grid at one band limit, with its pixel variance."""

    operator: Operator
    variance: float

    @property
    def label(self) -> str:
        """Grid, band limit and operator in words."""
        return f"{self.operator.grid.name} lmax={self.operator.lmax} {self.operator.name}"


class Study(_Strict):
    """A validated study; `Study()` is the default one.

    >>> Study().name
    'default'
    """

    name: str = Field(default="default", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    title: str = "Noise on HEALPix and Gauss-Legendre grids"
    settings: tuple[Setting, ...] = DEFAULT_SETTINGS
    process: ProcessSetting = ProcessSetting()
    data: DataSetting = DataSetting()
    budget: Budget = Budget()
    cost: CostSetting | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> "Study":
        if not self.settings:
            raise ValueError("a study needs at least one [[settings]] entry")
        return self

    def cases(self) -> Iterator[Case]:
        """Yield every operator x band limit x grid, in the order of the file."""
        for setting in self.settings:
            grid = make_grid(setting.grid)
            for lmax in setting.lmax:
                for operator in setting.operators:
                    yield Case(make_operator(operator, grid, lmax), setting.variance)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "Study":
        """Read a study from a TOML file.

        Raises
        ------
        ValueError
            one line that names the file, the key and what is wrong with it.
        """
        try:
            content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ValueError(f"cannot read study {path}: {error}") from None
        try:
            study = cls(**content)
            for case in study.cases():
                study.data.make().cl(case.operator.lmax)
        except ValidationError as error:
            raise ValueError(f"study {path}: {_first_line(error)}") from None
        except ValueError as error:
            raise ValueError(f"study {path}: {error}") from None
        return study


def _first_line(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"]) or "study"
    if first["type"] == "extra_forbidden":
        known = sorted({*Study.model_fields, *Setting.model_fields, *Budget.model_fields})
        return f"unknown key {place!r}; known keys: {', '.join(known)}"
    message, given = first["msg"].removeprefix("Value error, "), first["input"]
    if first["type"] == "string_pattern_mismatch":
        message = "letters, digits, '.', '_' and '-', a letter or digit first"
    got = isinstance(given, str | int | float) and "got" not in message and repr(given) not in message
    return f"{place}: {message}{f', got {given!r}' if got else ''}"
