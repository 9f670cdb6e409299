"""Grids named in text, such as "healpix:nside=4", as exact or enclosed grids."""

import re
from collections.abc import Callable, Mapping
from inspect import signature
from types import MappingProxyType
from typing import Any

from derivations.checks import integer
from derivations.exact.grid import ExactGrid
from derivations.grids import Equiangular, GaussLegendre, Healpix
from derivations.grids.enclosed import EnclosedGrid, Fibonacci, Icosahedron, ReducedGaussian

VALUE = re.compile(r"-?(0|[1-9][0-9]*)|[A-Za-z][A-Za-z0-9-]*")
CLASSICAL: Mapping[int, tuple[int, ...]] = MappingProxyType(
    {  # points of the rings of the northern hemisphere, from the pole; ECMWF's N grids
        32: (
            20, 27, 36, 40, 45, 50, 60, 64, 72, 75, 80, 90, 90, 96, 100, 108, 108, 120, 120, 120,
            128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
        ),
    }
)  # fmt: skip


def reduced_gaussian(*, octahedral: int = 0, classical: int = 0) -> ReducedGaussian:
    """Return the octahedral grid O<n>, 4 i + 16 points on the i-th ring, or the classical N<n>."""
    integer("octahedral", octahedral, 0)
    integer("classical", classical, 0)
    if (octahedral > 0) == (classical > 0):
        raise ValueError("reduced-gaussian needs one of octahedral=n and classical=n, n >= 1")
    if octahedral:
        from derivations.limit_families import OCTAHEDRAL_COUNT, index

        return ReducedGaussian(tuple(int(OCTAHEDRAL_COUNT.subs(index, i)) for i in range(1, octahedral + 1)))
    if classical not in CLASSICAL:
        known = ", ".join(map(str, sorted(CLASSICAL)))
        raise ValueError(f"the list of the classical grid N{classical} is not known; known n: {known}")
    return ReducedGaussian(CLASSICAL[classical])


GRIDS: Mapping[str, Callable[..., ExactGrid | EnclosedGrid]] = MappingProxyType(
    {
        "equiangular": Equiangular,
        "fibonacci": Fibonacci,
        "gauss-legendre": GaussLegendre,
        "healpix": Healpix,
        "icosahedron": Icosahedron,
        "reduced-gaussian": reduced_gaussian,
    }
)


def parse_grid(text: str, ring_weights: tuple[float, ...] = ()) -> ExactGrid | EnclosedGrid:
    """Return the grid that a text names: kind:key=value,key=value.

    "weights=ring" on HEALPix stands for weights that the caller gives, from the north pole to the equator,
    relative to 4 pi/N: healpy's own come with healpy, which is not needed here.

    Raises
    ------
    ValueError
        for an unknown kind, key or value; what is known is named.

    >>> parse_grid("gauss-legendre:nlat=4,nlon=7")
    GaussLegendre(nlat=4, nlon=7)
    """
    kind, _, rest = text.partition(":")
    if kind not in GRIDS:
        raise ValueError(f"unknown grid {kind!r}; known: {', '.join(sorted(GRIDS))}")
    arguments: dict[str, Any] = {}
    known = [key for key in signature(GRIDS[kind]).parameters if key != "ring_weights"]
    for part in rest.split(",") if rest else ():
        key, _, value = part.partition("=")
        if not VALUE.fullmatch(value):
            raise ValueError(f"grid {text!r}: expected key=integer or key=word, got {part!r}")
        if key in arguments:
            raise ValueError(f"grid {text!r}: {key} is given twice")
        if kind == "healpix" and (key, value) == ("weights", "ring"):
            if not ring_weights:
                raise ValueError(f"grid {text!r}: give the rings' weights too, as sphspec derive does")
            arguments["ring_weights"] = ring_weights
            continue
        if key not in known:
            raise ValueError(
                f"grid {text!r}: unknown key {key!r}; known: {', '.join(sorted(known)) or 'none'}"
            )
        arguments[key] = value if value[0].isalpha() else int(value)
    try:
        return GRIDS[kind](**arguments)
    except TypeError as error:
        raise ValueError(f"grid {text!r}: {str(error).split('() ')[-1]}") from None
