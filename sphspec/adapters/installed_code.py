"""A module of an installed package, without the package's own __init__.

For packages whose __init__ imports a compiled extension that does not fit the libraries at hand, while
the module that is wanted is plain Python. The code that runs is the installed package's, unchanged.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def from_installed(package: str, take: Callable[[], T]) -> tuple[T, str]:
    """Return what `take` imports from a package, and why not through its __init__: "" where it was.

    Where the package does not import, `take` runs once more beside an empty stand-in for the package's
    __init__ that points at the installed folder. Afterwards every module of the package is taken out of
    sys.modules again: nobody else finds half a package there.

    Raises
    ------
    ImportError
        where the module does not import even so.
    """
    before = {name for name in sys.modules if _inside(name, package)}
    try:
        return take(), ""
    except (ImportError, OSError, RuntimeError) as error:
        _forget(package, before)
        reason = str(error).partition("\n")[0].rpartition(".so: ")[2]  # without the file's path
    with _stand_in(package):
        return take(), reason


@contextmanager
def _stand_in(package: str) -> Iterator[None]:
    spec = find_spec(package)
    if spec is None or spec.submodule_search_locations is None:
        raise ImportError(f"{package} is not an installed package")
    kept = {name: module for name, module in sys.modules.items() if _inside(name, package)}
    _forget(package, set())
    hollow = ModuleType(package)
    hollow.__path__ = list(spec.submodule_search_locations)
    hollow.__spec__ = spec
    sys.modules[package] = hollow
    try:
        yield
    finally:
        _forget(package, set())
        sys.modules.update(kept)


def _forget(package: str, keep: set[str]) -> None:
    for name in [name for name in sys.modules if _inside(name, package) and name not in keep]:
        del sys.modules[name]


def _inside(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")
