"""Names in Typst: Greek by name, digits and parts after underscores as indices, words upright."""

import re

from sympy.core.alphabets import greeks

from derivations.symbols import TYPESET

GREEK = {*greeks, *(name.capitalize() for name in greeks), "lambda", "Lambda"}
NAME = re.compile(r"([A-Za-z]+)([0-9]*)((?:_-?[A-Za-z0-9]+)*)")


def typst_name(name: str) -> str:
    """Return a name in Typst: Greek by name, digits and _parts as indices, words upright."""
    if name in TYPESET:
        return TYPESET[name]
    match = NAME.fullmatch(name)
    if match is None:
        raise NotImplementedError(f"no Typst form for the name {name!r}")
    word, digits, rest = match.groups()
    head = "lambda" if word == "lamda" else word
    head = head if len(head) == 1 or head in GREEK else f'"{head}"'
    if not is_scripted(TYPESET.get(word, "_")):
        head = TYPESET[word]
    indices = [digits] * bool(digits) + [_index(part) for part in rest.split("_")[1:]]
    return f"{head}_{typst_script(', '.join(indices))}" if indices else head


def _index(part: str) -> str:
    if part.startswith("-"):
        return f"-{_index(part[1:])}"
    if part.isdigit():
        return part
    return typst_name(part) if part[0].isalpha() else f'"{part}"'


def typst_script(text: str) -> str:
    """Return a script, in brackets (which Typst drops) unless it is one token."""
    one_token = len(text) == 1 or text.isdigit() or re.fullmatch(r'"\w+"', text)
    return text if one_token else f"({text})"


def is_scripted(text: str) -> bool:
    """Tell whether a typeset name already has an index or an exponent."""
    return "_" in text or "^" in text
