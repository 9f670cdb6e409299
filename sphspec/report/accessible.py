"""What the compiler does not enforce: alternative texts of drawn figures, and fonts that are ours.

A missing font of an SVG falls back without a warning, and `figure(rect())` passes without alternative text.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader

FAMILIES = {"LibertinusSerif", "NewCMMath", "DejaVuSans", "DejaVuSansMono"}
SPOKEN = ("/Figure", "/Formula")


def flaws(pdf: bytes) -> Iterator[str]:
    """Yield a line for every figure or formula without alternative text, and for every foreign font."""
    reader = PdfReader(BytesIO(pdf))
    yield from _silent(reader.trailer["/Root"])
    yield from sorted(_foreign(reader))


def _silent(root: Any) -> Iterator[str]:
    pending = [root["/StructTreeRoot"]]
    while pending:
        node = pending.pop().get_object()
        if isinstance(node, list):
            pending += node
        elif isinstance(node, dict):
            if node.get("/S") in SPOKEN and not str(node.get("/Alt", "")).strip():
                yield f"a {str(node['/S'])[1:].lower()} has no alternative text"
            pending += [node["/K"]] if "/K" in node else []


def _foreign(reader: Any) -> set[str]:
    found, seen, pending = set(), set(), [page["/Resources"] for page in reader.pages]
    while pending:
        resources = pending.pop().get_object()
        for font in resources.get("/Font", {}).values():
            name = str(font.get_object()["/BaseFont"]).split("+")[-1].split("-")[0]
            if name not in FAMILIES:
                found.add(f"the font {name} is not one of the report's")
        for form in resources.get("/XObject", {}).values():
            if form.idnum not in seen and "/Resources" in form.get_object():
                seen.add(form.idnum)
                pending.append(form.get_object()["/Resources"])
    return found
