"""What decides the last bits of a block: the code that computes it, its libraries, the processor."""

import platform
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("_generated", "engine", "grids", "store")
LIBRARIES = ("numpy", "numba", "llvmlite", "ducc0")


def versions() -> dict[str, str]:
    """Return the versions of sphspec's libraries that blocks are computed with."""
    return {name: version(name) for name in LIBRARIES}


@cache
def fingerprint() -> str:
    """Return a digest of the code that computes blocks, of its libraries and of the processor's kind.

    Loops are compiled for the processor they run on: another kind may sum in another order.
    """
    from llvmlite.binding import get_host_cpu_name

    digest = sha256()
    for folder in SOURCES:
        for path in sorted((ROOT / folder).glob("*.py")):
            digest.update(f"{folder}/{path.name}\n".encode() + path.read_bytes())
    machine = f"{versions()} {platform.machine()} {get_host_cpu_name()}"
    return sha256(f"{digest.hexdigest()} {machine}".encode()).hexdigest()
