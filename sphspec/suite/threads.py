"""One thread a library, so that the last bits do not depend on how many there are."""

from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController


def one_thread() -> Any:
    """Return a context in which NumPy, ducc0 and healpy use one thread each.

    healpy brings OpenMP of its own, which can be limited only once it is loaded.
    """
    return _libraries().limit(limits=1)


@cache
def _libraries() -> ThreadpoolController:
    """Find them once: looking through all that is loaded takes a while."""
    import ducc0  # noqa: F401
    import healpy  # noqa: F401

    return ThreadpoolController()
