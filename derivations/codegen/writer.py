"""The only module that touches files: compare generated texts with a folder, or write them into it."""

import difflib
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

MARK = re.compile(r"^\s*Fingerprint: (.+)$", re.MULTILINE)


def read_folder(folder: Path) -> dict[str, str]:
    """Return the texts of the generated files in a folder, caches left out."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def differences(files: Mapping[str, str], folder: Path) -> str:
    """Return what differs between the texts and the folder, as a report; empty when nothing does."""
    present = read_folder(folder)
    report = [f"missing: {name}" for name in sorted(files.keys() - present.keys())]
    report += [f"left over: {name}" for name in sorted(present.keys() - files.keys())]
    for name in sorted(files.keys() & present.keys()):
        old, new = present[name], files[name]
        if old == new:
            continue
        changed = sorted(set(MARK.findall(old)) ^ set(MARK.findall(new)))
        kind = "the mathematics changed" if changed else "only the text changed"
        lines = difflib.unified_diff(
            old.splitlines(),
            new.splitlines(),
            f"{name} (committed)",
            f"{name} (derived)",
            lineterm="",
        )
        report += [f"differs: {name}: {kind}", *lines]
    return "\n".join(report)


def write(files: Mapping[str, str], folder: Path) -> list[str]:
    """Make the folder hold exactly these texts, each replaced in one step; return the names changed."""
    folder.mkdir(parents=True, exist_ok=True)
    present = read_folder(folder)
    changed = [name for name in sorted(files) if present.get(name) != files[name]]
    for name in changed:
        replace(folder / name, files[name])
    for name in sorted(present.keys() - files.keys()):
        (folder / name).unlink()
        changed.append(name)
    return changed


def replace(path: Path, text: str) -> None:
    """Write a text file in one step: a temporary file beside it, then a rename; a mode it had is kept.

    Raises
    ------
    ValueError
        for a path that is there and is no regular file (a device, a pipe, a folder).
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        raise ValueError(f"{path} is not a regular file; name another")
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
