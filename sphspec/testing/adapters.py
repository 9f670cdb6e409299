"""The contract of an adapter: draws of the claim's shape, which rng alone determines."""

import sys
from typing import Any

import numpy as np

from sphspec.adapters.base import Adapter
from sphspec.testing._assertions import close, refused, require

DRAWS = 5
SEED = 20260128


def check_adapter(adapter: Any) -> None:
    """Check that an adapter's sampler and claim fit together, and that its draws depend on rng alone.

    Its package must be installed; a dozen draws are made. Whether the draws have the claimed law is the
    audit's question.

    Raises
    ------
    AssertionError
        one line that names what broke.
    """
    require(isinstance(adapter, Adapter), f"it must be a sphspec Adapter, got {type(adapter).__name__}")
    for name in ("name", "package", "module", "extra", "function", "description"):
        value = getattr(adapter, name)
        require(isinstance(value, str) and value, f"{name} must be a text, got {value!r}")
    version = adapter.version()
    require(isinstance(version, str) and version, f"version() must be a text, got {version!r}")
    _check_promise(adapter)
    _check_draws(adapter)
    _check_randomness(adapter)
    rng = np.random.default_rng(SEED)
    refused(lambda: adapter.sampler(rng, -1), "a size of -1")
    refused(lambda: adapter.sampler(rng, 1.5), "a size of 1.5")
    refused(lambda: adapter.sampler(SEED, DRAWS), "a number as rng")


def _check_promise(adapter: Adapter) -> None:
    """Check the spectrum and that the claim is made of the same grid and band limit."""
    cl = np.asarray(adapter.cl)
    good = cl.ndim == 1 and cl.size and np.isfinite(cl).all() and cl.min() >= 0 and cl.max() > 0
    require(good, f"cl must be one axis of finite numbers >= 0, not all 0, got {adapter.cl!r}")
    claim = adapter.claim()
    grid, claimed = adapter.grid, claim.grid
    points = (None if grid is None else grid.npix, None if claimed is None else claimed.npix)
    require(points[0] == points[1], f"the claim's grid has {points[1]} points, the adapter's {points[0]}")
    if grid is not None and claimed is not None:
        close(claimed.theta, grid.theta, 0.0, "theta of the claim's grid and the adapter's")
        close(claimed.phi, grid.phi, 0.0, "phi of the claim's grid and the adapter's")


def _check_draws(adapter: Adapter) -> None:
    draws = adapter.sampler(np.random.default_rng(SEED), DRAWS)
    require(isinstance(draws, np.ndarray), f"draws must be a NumPy array, got {type(draws).__name__}")
    width = adapter.cl.size**2 if adapter.grid is None else adapter.grid.npix
    require(draws.shape == (DRAWS, width), f"draws must have shape {(DRAWS, width)}, got {draws.shape}")
    require(draws.dtype == np.float64, f"draws must be float64, got {draws.dtype}")
    require(np.isfinite(draws).all(), "draws must be finite")
    distinct = len(np.unique(draws, axis=0))
    require(distinct == DRAWS, f"{DRAWS} draws in one call must differ, {distinct} do")
    none = adapter.sampler(np.random.default_rng(SEED), 0)
    require(none.shape == (0, width), f"no draws must have shape {(0, width)}, got {none.shape}")


def _check_randomness(adapter: Adapter) -> None:
    adapter.sampler(np.random.default_rng(SEED), 1)  # imports whose own draws, if any, are not looked at
    rng = np.random.default_rng(SEED)
    first, second = adapter.sampler(rng, DRAWS), adapter.sampler(rng, DRAWS)
    require(not np.array_equal(first, second), "a second call with the same rng gave the same draws again")
    before = _global_states()
    again = adapter.sampler(np.random.default_rng(SEED), DRAWS)
    require(np.array_equal(first, again), "equal states of rng gave other draws: something else is random")
    require(_bytes(_global_states()) == _bytes(before), "global random state is not put back after a draw")
    np.random.seed(7)  # noqa: NPY002 - the state that draws must not depend on
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(7)
    try:
        again = adapter.sampler(np.random.default_rng(SEED), DRAWS)
    finally:
        _restore(before)
    require(np.array_equal(first, again), "draws depend on global random state, not on rng alone")
    other = adapter.sampler(np.random.default_rng(SEED + 1), DRAWS)
    require(not np.array_equal(first, other), "another seed gave the same draws: rng is not used")


def _global_states() -> tuple[Any, ...]:
    """Return the state of numpy.random, and of torch where it is imported."""
    numpy_state = np.random.get_state(legacy=False)  # noqa: NPY002
    return (numpy_state, sys.modules["torch"].get_rng_state() if "torch" in sys.modules else None)


def _bytes(states: tuple[Any, ...]) -> bytes:
    return b"".join(
        [
            states[0]["state"]["key"].tobytes(),
            repr([states[0][key] for key in ("bit_generator", "has_gauss", "gauss")]).encode(),
            repr(states[0]["state"]["pos"]).encode(),
            b"" if states[1] is None else states[1].numpy().tobytes(),
        ]
    )


def _restore(states: tuple[Any, ...]) -> None:
    np.random.set_state(states[0])  # noqa: NPY002
    if states[1] is not None:
        sys.modules["torch"].set_rng_state(states[1])
