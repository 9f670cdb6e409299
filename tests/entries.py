"""The catalogue's entries by name, built anew: an error planted in a module shows in its entry."""

import sys

from derivations.catalogue import SOURCES
from derivations.derivation import Derivation

SOURCE = {entry.name: source for source in SOURCES for entry in source.derivations()}


def entry_of(name: str) -> Derivation:
    """Return one entry, built by its module alone."""
    return next(entry for entry in SOURCE[name].derivations() if entry.name == name)


def forget() -> None:
    """Empty every cache of the derivations, so that nothing planted is kept and nothing kept hides it."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "derivations":
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
