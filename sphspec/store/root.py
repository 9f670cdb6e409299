"""The group at the top of a store: what it says of itself."""

import json
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sphspec.store.layout import FOLDER

FORMAT = "sphspec covariance"
DIGEST = "digest"
SAID = {  # what identifies a store, in words
    "grid": "grid", "geometry": "grid geometry", "weights": "weights", "operator": "operator",
    "lmax": "lmax", "variance": "variance",
}  # fmt: skip


def require_zarr() -> None:
    """Raise ValueError where Zarr is not installed."""
    if find_spec("zarr") is None:
        raise ValueError("covariance stores need Zarr: pip install 'sphspec[zarr]'")


def is_empty(folder: Path) -> bool:
    """Tell whether nothing is there but an empty folder, or one whose making was interrupted."""
    if not folder.exists():
        return True
    if not folder.is_dir():
        raise ValueError(f"{folder} is a file; a store is a folder: name another")
    return all(path.suffix == ".partial" for path in folder.iterdir())


def create_root(folder: Path, metadata: Mapping[str, Any]) -> None:
    """Make the store's groups; ValueError where that cannot be done."""
    import zarr
    from zarr.storage import LocalStore

    said = {**metadata, "zarr": version("zarr")}
    said[DIGEST] = _digest(said)
    try:
        root = zarr.create_group(LocalStore(folder), zarr_format=3, attributes=said)
        root.require_group(FOLDER)
    except OSError as error:
        raise ValueError(f"cannot write {folder}: {error.strerror or error}; name another place") from None


def read_root(folder: Path) -> dict[str, Any]:
    """Return what a store says of itself; ValueError where the folder is none of ours."""
    require_zarr()
    import zarr
    from zarr.storage import LocalStore

    try:
        said = dict(zarr.open_group(LocalStore(folder, read_only=True), mode="r", zarr_format=3).attrs)
    except Exception as error:  # whatever the libraries make of what is there
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise ValueError(f"{folder} is no covariance store: {reason}") from None
    if said.get("format") != FORMAT or "key" not in said:
        raise ValueError(f"{folder} is a Zarr group, but no covariance store of sphspec; name another")
    if said.pop(DIGEST, None) != _digest(said):
        raise ValueError(f"{folder}: the description of the store is damaged; write the store again")
    return said


def check_key(found: Mapping[str, Any], wanted: Mapping[str, Any], folder: Path) -> None:
    """Raise ValueError that names what differs where a store is not of the wanted study."""
    if found["key"] == wanted["key"]:
        return
    for name, word in SAID.items():
        if found.get(name) != wanted.get(name):
            was, now = found.get(name), wanted.get(name)
            raise ValueError(
                f"{folder} is the store of another study: its {word} is {was}, not {now}; name another store"
            )
    raise ValueError(
        f"{folder} was begun by other code, other libraries or on another kind of processor, whose last "
        f"bits may differ; remove it, or name another store"
    )


def _digest(said: Mapping[str, Any]) -> str:
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]
