"""Conventions by name, such as "healpy" or "pyshtools:norm=ortho,csphase=-1", and conversion between two."""

import re
from inspect import signature
from typing import Any

from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.conventions import complex_kinds, real_kinds
from sphspec.conventions.convention import ROUNDING, Convention, numbers
from sphspec.conventions.norms import E3NN, PYSHTOOLS_REAL, TORCH


def pyshtools(kind: str = "real", norm: str = "4pi", csphase: int = 1) -> Convention:
    """Return pyshtools' cilm (2, lmax + 1, lmax + 1) of kind "real" or "complex", its defaults by default."""
    kinds = {"real": real_kinds.pyshtools_real, "complex": complex_kinds.pyshtools_complex}
    return check.known("kind", kind, kinds)(norm, csphase)


FAMILIES = {
    "complex": complex_kinds.signed,
    "ducc0": complex_kinds.healpy,
    "e3nn": real_kinds.e3nn,
    "glass": complex_kinds.glass,
    "healpy": complex_kinds.healpy,
    "libsharp": real_kinds.libsharp,
    "nifty": real_kinds.nifty,
    "pyshtools": pyshtools,
    "r1": real_kinds.r1,
    "r2": real_kinds.r2,
    "s2fft": complex_kinds.s2fft,
    "scipy": complex_kinds.signed,
    "sphericart": real_kinds.sphericart,
    "torch-harmonics": complex_kinds.torch_harmonics,
}


def named(name: str) -> Convention:
    """Return the convention that a name means; parameters left out have the library's own defaults.

    >>> named("pyshtools:norm=ortho,csphase=-1").name
    'pyshtools:kind=real,norm=ortho,csphase=-1'
    """
    family, _, rest = str(name).partition(":")
    make: Any = check.known("convention", family, FAMILIES)
    allowed = sorted(signature(make).parameters)
    arguments: dict[str, int | str] = {}
    for part in rest.split(",") if rest else ():
        key, equals, value = (word.strip() for word in part.partition("="))
        if not equals or key not in allowed or key in arguments or not value:
            known_keys = f"takes {', '.join(allowed)}, each once" if allowed else "takes no parameters"
            raise ValueError(f"convention {name!r}: {family} {known_keys}, as key=value; got {part!r}")
        arguments[key] = int(value) if re.fullmatch(r"[+-]?\d{1,9}", value) else value
    return make(**arguments)  # type: ignore[no-any-return]


def known() -> dict[str, Convention]:
    """Return every convention by its full name, sorted; `named` also takes torch-harmonics' nlon.

    >>> [name for name in known() if "=" not in name]
    ['complex', 'glass', 'healpy', 'libsharp', 'nifty', 'r1', 'r2', 's2fft', 'sphericart']
    """
    plain = [make() for make in (FAMILIES[name] for name in FAMILIES) if not signature(make).parameters]
    several = [
        *(real_kinds.e3nn(norm) for norm in E3NN),
        *(complex_kinds.torch_harmonics(norm, csphase) for norm in TORCH for csphase in (0, 1)),
        *(
            pyshtools(kind, norm, sign)
            for kind in ("real", "complex")
            for norm in PYSHTOOLS_REAL
            for sign in (1, -1)
        ),
    ]
    return {each.name: each for each in sorted([*plain, *several], key=lambda each: each.name)}


def convert(
    values: Any,
    source: Convention | str,
    target: Convention | str,
    lmax: int | None = None,
    *,
    lossy: bool = False,
    tolerance: float = ROUNDING,
) -> NDArray[Any]:
    """Return coefficients of one convention in another: target.from_r1(source.to_r1(values)).

    Parameters
    ----------
    values : (..., *shape) coefficients in the source's convention
    source, target : conventions, or their names
    lmax : the band limit that the values should have; without it, the one that their shape has
    lossy : drop what either convention cannot hold, which is refused otherwise
    tolerance : how much of that, relative to the largest value of a field, passes as rounding

    >>> convert([1.0, 2.0, 3.0, 4.0], "r1", "libsharp")
    array([ 1.,  3.,  4., -2.])
    """
    first, last = (name if isinstance(name, Convention) else named(name) for name in (source, target))
    values = numbers(first.name, values)
    found = first.lmax(values.shape)
    if lmax is not None and check.integer("lmax", lmax, 0) != found:
        raise ValueError(
            f"{first.name} coefficients with lmax={lmax} have shape (..., {first.shape(lmax)}), got "
            f"{values.shape}, which has lmax={found}"
        )
    return last.from_r1(first.to_r1(values, lossy=lossy, tolerance=tolerance), lossy=lossy)
