"""A study: grids, band limits, operators, noise, process and budget, as a validated TOML file."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import signature
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
from sphspec.analysis import Jacobi, LeastSquares, Operator, Quadrature
from sphspec.grids import Equiangular, GaussLegendre, Healpix, PointGrid, ReducedGaussian, RingGrid
from sphspec.processes import VE, VP, Process, SubVP
from sphspec.resampling import Resampling


def _healpix(nside: int, weights: str = "equal") -> Healpix:
    return check.known("weights", weights, {"equal": Healpix, "ring": Healpix.ring_weighted})(nside)


def _reduced_gaussian(octahedral: int | None = None, classical: int | None = None) -> ReducedGaussian:
    if (octahedral is None) == (classical is None):
        raise ValueError("a reduced-gaussian grid needs one of octahedral=n and classical=n")
    if octahedral is not None:
        return ReducedGaussian.octahedral(octahedral)
    return ReducedGaussian.classical(classical)  # type: ignore[arg-type]


GRIDS: dict[str, Any] = {
    "healpix": _healpix,
    "gauss-legendre": GaussLegendre,
    "equiangular": Equiangular,
    "reduced-gaussian": _reduced_gaussian,
    "fibonacci": PointGrid.fibonacci,
    "icosahedron": PointGrid.icosahedron,
}
OPERATORS: dict[str, Any] = {
    "quadrature": Quadrature,
    "jacobi": Jacobi,
    "least-squares": LeastSquares,
    "resampling": Resampling,
}
VALUE = re.compile(r"-?(0|[1-9][0-9]*)|[A-Za-z][A-Za-z0-9-]*")
PROCESSES: dict[str, Any] = {"vp": VP, "sub-vp": SubVP, "ve": VE}


def parse_spec(text: str, known: dict[str, Any], what: str) -> tuple[Any, dict[str, Any]]:
    """Split "kind:key=value,key=value" into what makes the kind and its arguments, integers or words.

    >>> parse_spec("healpix:nside=8", GRIDS, "grid")[1]
    {'nside': 8}
    """
    kind, _, rest = text.partition(":")
    if kind not in known:
        raise ValueError(f"unknown {what} {kind!r}; known: {', '.join(sorted(known))}")
    arguments: dict[str, int | str] = {}
    for part in rest.split(",") if rest else ():
        key, equals, value = part.partition("=")
        if not equals or not VALUE.fullmatch(value):
            raise ValueError(f"{what} {text!r}: expected key=integer or key=word, got {part!r}")
        if key.strip() in arguments:
            raise ValueError(f"{what} {text!r}: {key.strip()} is given twice")
        arguments[key.strip()] = value if value[0].isalpha() else int(value)
    return known[kind], arguments


def make_grid(text: str) -> RingGrid:
    """Return the grid that a text such as "healpix:nside=8" names."""
    return _make(text, GRIDS, "grid")  # type: ignore[no-any-return]


def make_operator(text: str, grid: RingGrid, lmax: int) -> Operator:
    """Return the operator that a text such as "jacobi:iterations=3" names, on a grid."""
    return _make(text, OPERATORS, "operator", grid, lmax)  # type: ignore[no-any-return]


def _make(text: str, known: dict[str, Any], what: str, *leading: Any) -> Any:
    kind, arguments = parse_spec(text, known, what)
    keys = list(signature(kind).parameters)[len(leading) :]
    unknown = sorted(set(arguments) - set(keys))
    if unknown:
        raise ValueError(
            f"{what} {text!r}: unknown key {unknown[0]!r}; known: {', '.join(sorted(keys)) or 'none'}"
        )
    try:
        return kind(*leading, **arguments)
    except TypeError as error:
        raise ValueError(f"{what} {text!r}: {str(error).split('() ')[-1]}") from None


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
    kind: Literal["vp", "sub-vp", "ve"] = "vp"

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


MARGINAL_TIMES = (0.3, 1.0)  # at which the marginals of the process are simulated


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
    budget: Budget = Budget()

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
            tuple(study.cases())
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
    return f"{place}: {first['msg'].removeprefix('Value error, ')}"
