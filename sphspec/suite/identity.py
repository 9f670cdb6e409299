"""What computed a number: a digest of the code and of the libraries under it."""

import platform
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIBRARIES = ("numpy", "scipy", "ducc0", "healpy")


@cache
def code_digest() -> str:
    """Return a digest of the sources of sphspec and of the versions of what it computes with."""
    digest = sha256()
    for path in sorted(ROOT.rglob("*.py")):
        digest.update(f"{path.relative_to(ROOT).as_posix()}\n".encode() + path.read_bytes())
    libraries = " ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return sha256(f"{digest.hexdigest()} {libraries} {platform.machine()}".encode()).hexdigest()
