"""Grids, operators and adapters that other packages register: entry points, read when a name is not ours.

    [project.entry-points."sphspec.grids"]
    my-grid = "my_package:MyGrid"

A built-in name is looked up first, so a plug-in cannot shadow one, and nothing of a plug-in is imported
before it is named.
"""

from importlib.metadata import EntryPoint, entry_points
from typing import Any

GROUPS = {"grid": "sphspec.grids", "operator": "sphspec.operators", "adapter": "sphspec.adapters"}


def registered(what: str) -> tuple[str, ...]:
    """Return the names that installed packages register for a "grid", an "operator" or an "adapter".

    Only the packages' metadata are read.

    >>> "healpix" in registered("grid")  # ours are no plug-ins
    False
    """
    return tuple(sorted({point.name for point in _points(what)}))


def load(what: str, name: str) -> Any:
    """Return what a name stands for, e.g. a class of grids; its package is imported.

    Raises
    ------
    LookupError
        where no package registers the name.
    ValueError
        one line, where several packages register it or where its package cannot be loaded; they are named.
    """
    found = [point for point in _points(what) if point.name == name]
    if not found:
        raise LookupError(name)
    if len({point.value for point in found}) > 1:
        packages = ", ".join(sorted(_package(point) for point in found))
        raise ValueError(
            f"{what} {name!r} is registered by several packages: {packages}; uninstall all but one"
        )
    try:
        made = found[0].load()
    except Exception as error:  # whatever an import of somebody's package raises
        raise ValueError(f"{_described(what, found[0])} cannot be loaded: {one_line(error)}") from error
    if not callable(made):
        raise ValueError(
            f"{_described(what, found[0])} must be a class or a function, got {type(made).__name__}"
        )
    return made


def described(what: str, name: str) -> str:
    """Return a plug-in with its package and place, for messages."""
    return next(_described(what, point) for point in _points(what) if point.name == name)


def one_line(error: Exception) -> str:
    """Return an exception's type and text on one line."""
    return " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")


def _points(what: str) -> list[EntryPoint]:
    return list(entry_points(group=GROUPS[what]))


def _package(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else "an unnamed package"


def _described(what: str, point: EntryPoint) -> str:
    return f"{what} {point.name!r} of package {_package(point)} ({point.value})"
