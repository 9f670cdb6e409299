"""What an audit is pointed at, named in text: a callable, a file or folder of draws, or an adapter."""

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sphspec.claims import Claim

ADAPTER = "adapter:"


@dataclass(frozen=True, eq=False)
class Target:
    """What is audited.

    Attributes
    ----------
    name : as it is printed
    source : sampler(rng, size), or draws (size, k)
    claim : the law that it is documented to have, None where it says none
    kind : "maps" or "coefficients" where that is known
    about : how it was come by, where that is worth a line
    """

    name: str
    source: Any
    claim: Claim | None = None
    kind: str | None = None
    about: str = ""


def find_target(text: str, arguments: dict[str, Any], folder: Path) -> Target:
    """Return the target that a text names.

    Parameters
    ----------
    text : "module:function", "module:Class", the path of a file or folder, or "adapter:name:key=value"
    arguments : of a class, or beside (rng, size) of a function
    folder : from which paths and modules are looked for

    Raises
    ------
    ValueError
        one line, for whatever is not found or cannot be called.
    """
    if text.startswith(ADAPTER):
        from sphspec.adapters import make_adapter

        _no_arguments(text, arguments)
        adapter = make_adapter(text.removeprefix(ADAPTER))
        return Target(
            f"{adapter.name} ({adapter.package} {adapter.version()})", adapter.sampler, adapter.claim(),
            about=adapter.description,
        )  # fmt: skip
    if (folder / text).exists():
        from sphspec.files import read

        _no_arguments(text, arguments)
        draws = read(folder / text)
        return Target(text, draws.values, None, draws.kind)
    module, colon, name = text.partition(":")
    if (
        not colon
        or not name
        or not all(part.isidentifier() for part in [*module.split("."), *name.split(".")])
    ):
        raise ValueError(
            f"target {text!r} is no file here, no adapter:name, and no module:function; give one of these"
        )
    return Target(text, _sampler(_attribute(module, name, folder), text, arguments))


def _attribute(module: str, name: str, folder: Path) -> Any:
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()  # a module written a moment ago is found
    try:
        found: Any = importlib.import_module(module)
    except Exception as error:
        raise ValueError(f"cannot import {module}: {_said(error)}") from error
    finally:
        sys.path.remove(str(folder))
    for part in name.split("."):
        if not hasattr(found, part):
            raise ValueError(f"module {module} has no {name}")
        found = getattr(found, part)
    return found


def _sampler(found: Any, text: str, arguments: dict[str, Any]) -> Callable[[Any, int], Any]:
    if isinstance(found, type):
        try:
            found = found(**arguments)
        except Exception as error:
            raise ValueError(f"{text}(...) failed: {_said(error)}") from error
        arguments = {}
    if not callable(found):
        raise ValueError(f"{text} is a {type(found).__name__}; it must be callable as sampler(rng, size)")
    if not arguments:
        return found  # type: ignore[no-any-return]
    called = found
    return lambda rng, size: called(rng, size, **arguments)


def _no_arguments(text: str, arguments: dict[str, Any]) -> None:
    if arguments:
        raise ValueError(f"arguments are for callables; {text!r} takes none, got {', '.join(arguments)}")


def _said(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else 'no message'}"
