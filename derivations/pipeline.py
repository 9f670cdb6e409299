"""The pipeline, stage by stage: each takes what the one before it returns.

1. `catalogue()`            -> derivations: statement, expression, proof, kernels
2. `prove_all(derivations)` -> {name: claims of the proof's steps, all reduced to zero}, or ProofError
3. `modules(derivations)`   -> {module name: its kernels with their derivations}; `tables` likewise
4. `build(proved)`          -> {file name: text}: rendered modules, package listing, catalogue.json
5. `writer.differences` or `writer.write` against sphspec/_generated/  (the only stage with files)
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from derivations.catalogue import catalogue
from derivations.codegen.fingerprint import fingerprint
from derivations.codegen.latex import latex_of
from derivations.codegen.render import COMMAND, render_module
from derivations.codegen.typst import typst
from derivations.derivation import Derivation, Kernel, Table, proved_claims

SKETCHED = 5  # steps of a proof in its sketch
TARGET = Path(__file__).resolve().parent.parent / "sphspec" / "_generated"
Progress = Callable[[str], None]


def prove_all(
    derivations: tuple[Derivation, ...], progress: Progress = lambda _: None
) -> dict[str, tuple[str, ...]]:
    """Run every proof; return what the steps of each claim.

    Raises
    ------
    ProofError
        at the first step that does not reduce to zero.
    """
    proved = {}
    for derivation in derivations:
        progress(derivation.name)
        proved[derivation.name] = proved_claims(derivation)
    return proved


def modules(derivations: tuple[Derivation, ...]) -> dict[str, list[tuple[Derivation, Kernel]]]:
    """Return the kernels of each generated module, with the derivation that each comes from."""
    grouped: dict[str, list[tuple[Derivation, Kernel]]] = {}
    for derivation in derivations:
        for kernel in derivation.kernels:
            grouped.setdefault(kernel.module, []).append((derivation, kernel))
    return grouped


def tables(derivations: tuple[Derivation, ...]) -> dict[str, list[tuple[Derivation, Table]]]:
    """Return the tables of each generated module, with the derivation that each comes from."""
    grouped: dict[str, list[tuple[Derivation, Table]]] = {}
    for derivation in derivations:
        for table in derivation.tables:
            grouped.setdefault(table.module, []).append((derivation, table))
    return grouped


def build(proved: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the generated files of the whole catalogue as {name: text}."""
    derivations = catalogue()
    grouped, listed = modules(derivations), tables(derivations)
    files = {f"{name}.py": render_module(grouped[name], listed.get(name, ())) for name in sorted(grouped)}
    files["__init__.py"] = _package(sorted(grouped))
    files["catalogue.json"] = _catalogue(derivations, proved)
    return files


def _generated(entry: Derivation) -> tuple[Kernel | Table, ...]:
    return (*entry.kernels, *entry.tables)


def _package(names: list[str]) -> str:
    listing = "".join(f'    "{name}",\n' for name in names)
    return (
        '"""Generated NumPy functions; do not edit.\n\n'
        f'Regenerate: {COMMAND}\n"""\n\n__all__ = [\n{listing}]\n'
    )


def sketch(claims: Sequence[str]) -> list[str]:
    """Return the steps of a proof that say something of their own, without repetitions at other numbers.

    >>> sketch(["the sum telescopes", "the statement at l=1", "the statement at l=2", "both ends vanish"])
    ['the sum telescopes', 'both ends vanish']
    """
    found: dict[str, str] = {}
    for claim in claims:
        if not claim.startswith("the statement"):
            found.setdefault(re.sub(r"[0-9]+", "", claim), claim)
    return list(found.values())[:SKETCHED]


def _catalogue(derivations: tuple[Derivation, ...], proved: Mapping[str, Sequence[str]]) -> str:
    entries = [
        {
            "name": entry.name,
            "title": entry.title,
            "statement": entry.statement,
            "typst": typst(entry.expression),
            "latex": latex_of(typst(entry.expression)),
            "steps": len(proved.get(entry.name, ())),
            "sketch": sketch(proved.get(entry.name, ())),
            "scope": entry.scope,
            "reference": entry.reference,
            "kernels": [
                {
                    "function": f"{kernel.module}.{kernel.name}",
                    "fingerprint": fingerprint(kernel.value),
                }
                for kernel in _generated(entry)
            ],
            "examples": [
                {
                    "name": example.name,
                    "typst": typst(example.expression),
                    "latex": latex_of(typst(example.expression)),
                    "scope": example.scope,
                }
                for example in entry.examples
            ],
        }
        for entry in derivations
    ]
    return json.dumps(entries, indent=1, ensure_ascii=False) + "\n"
