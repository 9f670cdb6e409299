"""Grids, operators and processes named in text, such as "healpix:nside=8"."""

import re
from inspect import signature
from typing import Any

from sphspec import _validate as check
from sphspec.analysis import Jacobi, LeastSquares, Quadrature
from sphspec.grids import Equiangular, GaussLegendre, Healpix, PointGrid, ReducedGaussian, RingGrid
from sphspec.operator import Operator
from sphspec.processes import VE, VP, CosineVP, OrnsteinUhlenbeck, SubVP
from sphspec.resampling import Resampling
from sphspec.spectra import PowerLaw, TabulatedSpectrum


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
SPECTRA: dict[str, Any] = {"power-law": PowerLaw, "table": TabulatedSpectrum}
PROCESSES: dict[str, Any] = {
    "vp": VP,
    "sub-vp": SubVP,
    "ve": VE,
    "cosine-vp": CosineVP,
    "ornstein-uhlenbeck": OrnsteinUhlenbeck,
}


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
