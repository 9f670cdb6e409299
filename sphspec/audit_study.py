"""An audit in a file: the target, the claim and how long to look, as a validated TOML file."""

import tomllib
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, ValidationError, model_validator

from sphspec import _validate as check
from sphspec.claims import Claim, IsotropicField, Marginal, SpectralNoise, WhitePixels
from sphspec.covariance import noise_covariance
from sphspec.sde import SpectralSDE
from sphspec.specs import make_grid, make_operator
from sphspec.study import DataSetting, ProcessSetting

Floats = NDArray[np.float64]
Number = StrictFloat | StrictInt
NOISE = ("grid", "lmax", "operator", "variance")
TAKES = {
    "white": ("grid", "lmax", "variance"),
    "isotropic": ("cl", "data", "grid", "lmax"),
    "noise": NOISE,
    "marginal": (*NOISE, "process", "t", "alpha0"),
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ClaimSetting(_Strict):
    """A law that draws are said to have.

    white : N(0, variance) on every point of `grid`
    isotropic : C_l from `cl` (a file of one number per degree, or the numbers), or from `data` to `lmax`
    noise : N(0, Sigma) of `variance` on `grid` through `operator` to `lmax`
    marginal : of `process` at time `t` from `alpha0` (a file; zeros without), driven by that noise
    """

    kind: Literal["white", "isotropic", "noise", "marginal"]
    grid: str | None = None
    lmax: StrictInt | None = Field(default=None, ge=0)
    cl: str | tuple[Number, ...] | None = None
    data: DataSetting | None = None
    variance: Number | str = 1.0
    operator: str = "quadrature"
    process: ProcessSetting = ProcessSetting()
    t: Number | None = None
    alpha0: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> "ClaimSetting":
        needs = {"white": ("grid",), "noise": ("grid", "lmax"), "marginal": ("grid", "lmax", "t")}
        missing = [name for name in needs.get(self.kind, ()) if getattr(self, name) is None]
        if missing:
            raise ValueError(f"the claim {self.kind!r} needs {missing[0]}")
        foreign = sorted(self.model_fields_set - {"kind", *TAKES[self.kind]})
        if foreign:
            raise ValueError(f"the claim {self.kind!r} takes {', '.join(TAKES[self.kind])}, not {foreign[0]}")
        if self.kind == "isotropic" and (self.cl is None) == (self.data is None):
            raise ValueError("the claim 'isotropic' needs one of cl and data")
        if self.data is not None and self.lmax is None:
            raise ValueError("a spectrum given by data needs lmax")
        return self

    def make(self, folder: Path) -> Claim:
        """Return the claim; files are looked for in the folder."""
        if self.kind == "isotropic":
            grid = None if self.grid is None else make_grid(self.grid)
            return IsotropicField(grid, self._spectrum(folder))
        assert self.grid is not None
        grid = make_grid(self.grid)
        variance = read_numbers(folder / self.variance) if isinstance(self.variance, str) else self.variance
        if self.kind == "white":
            return WhitePixels(grid, variance, self.lmax)
        assert self.lmax is not None
        cov = noise_covariance(make_operator(self.operator, grid, self.lmax), variance)
        if self.kind == "noise":
            return SpectralNoise(cov)
        assert self.t is not None
        start = np.zeros(cov.n) if self.alpha0 is None else read_numbers(folder / self.alpha0)
        return Marginal(SpectralSDE(self.process.make(), cov), start, self.t)

    def _spectrum(self, folder: Path) -> Floats:
        if self.data is not None:
            assert self.lmax is not None
            return np.asarray(self.data.make().cl(self.lmax))
        values = read_numbers(folder / self.cl) if isinstance(self.cl, str) else np.asarray(self.cl, float)
        if self.lmax is not None and values.size != self.lmax + 1:
            raise ValueError(f"cl must have lmax + 1 = {self.lmax + 1} numbers, got {values.size}")
        return values


class TargetSetting(_Strict):
    """What is audited: `target` as on the command line, and the arguments of a class or function."""

    target: str
    arguments: dict[str, Any] = {}
    kind: Literal["maps", "coefficients"] | None = None


class AuditStudy(_Strict):
    """A target, the claim that it is held against, and the budget."""

    target: TargetSetting
    claim: ClaimSetting | None = None
    samples: StrictInt | None = Field(default=None, ge=1)
    seconds: Number = Field(default=10.0, gt=0)
    false_alarm: StrictFloat = Field(default=1e-6, gt=0, le=0.01)
    seed: StrictInt = Field(default=0, ge=0)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "AuditStudy":
        """Return the audit in a TOML file.

        Raises
        ------
        ValueError
            one line: the file cannot be read, is no TOML, or has a value that is not allowed.
        """
        try:
            return cls(**tomllib.loads(Path(path).read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"{path} is not TOML: {error}") from None
        except ValidationError as error:
            raise ValueError(f"{path}: {first_complaint(error)}") from None


def audit_of(values: dict[str, Any]) -> AuditStudy:
    """Return an audit from its settings; one line where they do not make one."""
    try:
        return AuditStudy(**values)
    except ValidationError as error:
        raise ValueError(f"audit: {first_complaint(error)}") from None


def claim_of(values: dict[str, Any]) -> ClaimSetting:
    """Return the setting of a claim from options; one line where they do not make one."""
    try:
        return ClaimSetting(**values)
    except ValidationError as error:
        raise ValueError(f"claim: {first_complaint(error)}") from None


def first_complaint(error: ValidationError) -> str:
    """Return the first thing that is wrong, in one line."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    said = first["msg"].removeprefix("Value error, ")
    return f"{place}: {said}" if place else said


def _lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    if not any(line.partition("#")[0].strip() for line in lines):
        raise ValueError("it is empty")
    return lines


def read_numbers(path: Path) -> Floats:
    """Return numbers of a .npy file, or of a text file with one on each line.

    Raises
    ------
    ValueError
        for a file that cannot be read as such; nothing is ever unpickled.
    """
    try:
        if path.suffix == ".npy":
            values = np.load(path, allow_pickle=False)
        else:
            values = np.loadtxt(_lines(path), dtype=np.float64, ndmin=1)
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, EOFError) as error:
        raise ValueError(
            f"{path} does not hold one number on each line: {str(error).splitlines()[0]}"
        ) from None
    return check.exact_array(path.name, values)
