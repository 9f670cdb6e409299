"""Keyed random streams: one Philox generator for each (root, content, stage, block), in any order."""

from hashlib import sha256

import numpy as np


def stream(root: int, content: str, stage: str, block: int) -> np.random.Generator:
    """Return the generator of a block of draws; the same arguments give the same numbers anywhere."""
    digest = sha256(f"{content}\n{stage}".encode()).digest()[:16]
    words = tuple(int.from_bytes(digest[i : i + 4], "big") for i in range(0, 16, 4))
    seed = np.random.SeedSequence(root, spawn_key=(*words, block))
    return np.random.Generator(np.random.Philox(seed))
