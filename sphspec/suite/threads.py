"""One thread a library, so that the last bits do not depend on how many there are."""

from typing import Any

from threadpoolctl import threadpool_limits


def one_thread() -> Any:
    """Return a context in which NumPy, ducc0 and healpy use one thread each.

    healpy brings OpenMP of its own, which can be limited only once it is loaded.
    """
    import healpy  # noqa: F401

    return threadpool_limits(1)
