"""Finished blocks of a Monte Carlo run on disk: one file a block, whole or not there at all."""

import os
import shutil
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sphspec import _validate as check
from sphspec.suite.packing import pack, unpack
from sphspec.verify.moments import Sums
from sphspec.verify.variances import Variances

TRIES = 3
KEPT_DAYS = 30


@dataclass(frozen=True)
class Store:
    """A folder of finished blocks; those of a task lie in a folder named after its key.

    Attributes
    ----------
    folder : where they are kept
    resume : whether blocks that are there already count; else a task begins anew
    """

    folder: Path
    resume: bool = False

    def ready(self) -> "Store":
        """Return the store itself, its folder made; old blocks that nobody went on with are removed.

        Raises
        ------
        ValueError
            where blocks cannot be written there.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            check.replace_file(self.folder / ".writable", b"")
            (self.folder / ".writable").unlink(missing_ok=True)
        except OSError as error:
            raise ValueError(
                f"blocks cannot be kept in {self.folder} ({error.strerror}); name a folder with --store"
            ) from None
        self._prune()
        return self

    def path(self, key: str, number: int) -> Path:
        """Return the file of a block."""
        return self.folder / key / f"block-{number:06d}.npz"

    def begin(self, key: str, count: int) -> dict[int, Any]:
        """Return the finished blocks of a task; a file that is damaged or another block's is removed."""
        found: dict[int, Any] = {}
        if not self.resume:
            self.remove(key)
            return found
        for number in range(count):
            path = self.path(key, number)
            if not path.is_file():
                continue
            try:
                found[number] = unpack(_unsealed(path.read_bytes(), key, number))
            except ValueError:
                path.unlink()
        return found

    def keep(self, key: str, number: int, sums: Sums | Variances) -> None:
        """Write a block: a temporary file first, then its name.

        Raises
        ------
        OSError
            where it cannot be written; the place, the size needed and what is kept are named.
        """
        path, content = self.path(key, number), _sealed(pack(sums), key, number)
        try:
            _write(path, content)
        except OSError as error:
            raise OSError(
                f"cannot write a block of {len(content)} bytes to {path.parent}: {error.strerror or error}; "
                f"{self.kept()} finished blocks are kept in {self.folder}: make room, or copy it to a place "
                f"that --store names, and add --resume"
            ) from None

    def kept(self) -> int:
        """Return the number of finished blocks in the folder."""
        return sum(1 for _ in self.folder.glob("*/block-*.npz"))

    def _prune(self) -> None:
        """Remove the blocks of tasks that nobody went on with for KEPT_DAYS."""
        oldest = time.time() - KEPT_DAYS * 86400
        for folder in self.folder.glob("*/"):
            times = [path.stat().st_mtime for path in folder.glob("block-*.npz")]
            if times and max(times) < oldest:
                shutil.rmtree(folder, ignore_errors=True)

    def remove(self, key: str) -> None:
        """Remove the blocks of a task."""
        shutil.rmtree(self.folder / key, ignore_errors=True)


def _sealed(content: bytes, key: str, number: int) -> bytes:
    """Return the content of a file behind a digest of it and of the block that it belongs to."""
    digest = sha256(f"{key} {number}\n".encode())
    digest.update(content)
    return digest.digest() + content


def _unsealed(sealed: bytes, key: str, number: int) -> bytes:
    """Return what was sealed for this block.

    Raises
    ------
    ValueError
        for a file that is damaged, or another block's.
    """
    content = sealed[sha256().digest_size :]
    if _sealed(content, key, number) != sealed:
        raise ValueError(f"this is not block {number} of {key}")
    return content


def _write(path: Path, content: bytes) -> None:
    """Write a file; another run of the same study may remove the folder meanwhile."""
    for left in reversed(range(TRIES)):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            check.replace_file(path, content)
        except FileNotFoundError:
            if not left:
                raise
        else:
            return


def default_folder() -> Path:
    """Return the user's folder for blocks, $XDG_CACHE_HOME/sphspec/blocks or ~/.cache/sphspec/blocks."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "sphspec" / "blocks"
