"""Grids, operators and processes named in text, such as "healpix:nside=8".

A name that is not in the tables here is looked up among the plug-ins, see `sphspec.plugins`.
"""

import re
from collections.abc import Mapping
from inspect import signature
from typing import Any

from sphspec import _validate as check
from sphspec import plugins
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
INTEGER = r"-?(?:0|[1-9][0-9]*)"
VALUE = re.compile(rf"{INTEGER}|[A-Za-z][A-Za-z0-9-]*")
NUMBER = re.compile(rf"({INTEGER})(\.[0-9]+)?(e[+-]?[0-9]+)?")
SPECTRA: dict[str, Any] = {"power-law": PowerLaw, "table": TabulatedSpectrum}
PROCESSES: dict[str, Any] = {
    "vp": VP,
    "sub-vp": SubVP,
    "ve": VE,
    "cosine-vp": CosineVP,
    "ornstein-uhlenbeck": OrnsteinUhlenbeck,
}


def parse_spec(
    text: str, known: Mapping[str, Any], what: str, *, decimals: bool = False
) -> tuple[Any, dict[str, Any]]:
    """Split "kind:key=value,key=value" into what makes the kind and its arguments, integers or words.

    With `decimals` values such as 2.5 and 1e-3 are taken too.

    Raises
    ------
    ValueError
        for an unknown kind, a plug-in that cannot be loaded (its package is named), or what is no key=value.

    >>> parse_spec("healpix:nside=8", GRIDS, "grid")[1]
    {'nside': 8}
    """
    kind, _, rest = text.partition(":")
    made = known[kind] if kind in known else _plugin(kind, known, what)
    arguments: dict[str, Any] = {}
    for part in rest.split(",") if rest else ():
        key, equals, value = part.partition("=")
        if not equals or not (VALUE.fullmatch(value) or (decimals and NUMBER.fullmatch(value))):
            number = "number" if decimals else "integer"
            raise ValueError(f"{what} {text!r}: expected key={number} or key=word, got {part!r}")
        if key.strip() in arguments:
            raise ValueError(f"{what} {text!r}: {key.strip()} is given twice")
        arguments[key.strip()] = _value(value)
    return made, arguments


def make_grid(text: str) -> RingGrid:
    """Return the grid that a text such as "healpix:nside=8" names."""
    return make(text, GRIDS, "grid", RingGrid)  # type: ignore[no-any-return]


def make_operator(text: str, grid: RingGrid, lmax: int) -> Operator:
    """Return the operator that a text such as "jacobi:iterations=3" names, on a grid."""
    return make(text, OPERATORS, "operator", Operator, (grid, lmax))  # type: ignore[no-any-return]


def make(
    text: str,
    known: Mapping[str, Any],
    what: str,
    kind: type,
    leading: tuple[Any, ...] = (),
    *,
    decimals: bool = False,
) -> Any:
    """Return what a text names, after arguments that always lead.

    Raises
    ------
    ValueError
        one line: what `parse_spec` refuses, an unknown or missing key, what is made refuses, or a plug-in
        that fails or makes something else than the kind (its package is named).
    """
    maker, arguments = parse_spec(text, known, what, decimals=decimals)
    keys = list(signature(maker).parameters)[len(leading) :]
    unknown = sorted(set(arguments) - set(keys))
    if unknown:
        raise ValueError(
            f"{what} {text!r}: unknown key {unknown[0]!r}; known: {', '.join(sorted(keys)) or 'none'}"
        )
    name = text.partition(":")[0]
    try:
        made = maker(*leading, **arguments)
    except ValueError:
        raise
    except Exception as error:
        ours = name in known
        if isinstance(error, TypeError) and (ours or not _taken(maker, leading, arguments)):
            raise ValueError(f"{what} {text!r}: {str(error).split('() ')[-1]}") from None
        if ours:
            raise
        raise ValueError(f"{plugins.described(what, name)} failed: {plugins.one_line(error)}") from error
    if not isinstance(made, kind):
        found = f"made a {type(made).__name__}, not a sphspec.{kind.__name__}"
        raise ValueError(f"{plugins.described(what, name)} {found}")
    return made


def _taken(maker: Any, leading: tuple[Any, ...], arguments: dict[str, Any]) -> bool:
    try:
        signature(maker).bind(*leading, **arguments)
    except TypeError:
        return False
    return True


def _plugin(kind: str, known: Mapping[str, Any], what: str) -> Any:
    if what in plugins.GROUPS:
        try:
            return plugins.load(what, kind)
        except LookupError:
            known = {**known, **dict.fromkeys(plugins.registered(what))}
    raise ValueError(f"unknown {what} {kind!r}; known: {', '.join(sorted(known))}")


def _value(text: str) -> int | float | str:
    if text[0].isalpha():
        return text
    return int(text) if VALUE.fullmatch(text) else float(text)
