"""Global random state of other libraries: seeded from a Generator within a block, put back afterwards.

The state is the process's own: while the block runs, no other thread should draw from it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

WORDS = 8  # 256 bits of the generator go into the seed


@contextmanager
def numpy_seeded(rng: np.random.Generator) -> Iterator[None]:
    """Let numpy.random's global functions draw from a state that rng alone determines."""
    kept = np.random.get_state()  # noqa: NPY002 - the state that the other library draws from
    bits = np.random.MT19937([int(word) for word in rng.integers(0, 2**32, WORDS)])
    try:
        np.random.set_state(dict(bits.state))  # noqa: NPY002
        yield
    finally:
        np.random.set_state(kept)  # noqa: NPY002


@contextmanager
def torch_seeded(rng: np.random.Generator) -> Iterator[None]:
    """Let torch's default generator of the CPU draw from a state that rng alone determines."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.random.default_generator.manual_seed(int(rng.integers(0, 2**63)))
        yield
