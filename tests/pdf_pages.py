"""What a reader of a PDF would stumble over, found by functions that return a line for each."""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from urllib.parse import urlparse

import numpy as np
import pypdfium2
from pypdf import PdfReader

FAMILIES = {"LibertinusSerif", "NewCMMath", "DejaVuSans", "DejaVuSansMono"}
SCALE = 1.0  # pixels a point
MARGIN = (60.0, 54.0)  # points: left and right, top and bottom, within which only header and footer stand
EDGE = 30.0  # points at which the header ends
BAND = 6  # pixels of height that count as one line
FULLEST = 0.7  # of the text area's height that may be without ink
INK = 245  # grey below which a pixel is ink


def unresolved_links(reader: PdfReader) -> Iterator[str]:
    """Yield links that lead nowhere: no page, no named destination, no address."""
    pages = {page.indirect_reference.idnum for page in reader.pages}
    names = set(reader.named_destinations)
    for number, page in enumerate(reader.pages, 1):
        for each in page.get("/Annots", []):
            link = each.get_object()
            if link.get("/Subtype") != "/Link":
                continue
            action = link.get("/A", {}).get_object() if "/A" in link else {}
            target = link.get("/Dest", action.get("/D"))
            address = urlparse(str(action.get("/URI", "")))
            if address.scheme in ("http", "https") and address.netloc:
                continue
            place = target.get_object() if hasattr(target, "get_object") else target
            if isinstance(place, str) and place in names:
                continue
            place = place.get("/D", place) if isinstance(place, dict) else place
            if isinstance(place, list) and place[0].idnum in pages:
                continue
            yield f"page {number}: a link to {target or address.geturl()!r} does not resolve"


def broken_outline(reader: PdfReader) -> Iterator[str]:
    """Yield entries of the outline that are on no page."""
    pending = list(reader.outline)
    while pending:
        entry = pending.pop()
        if isinstance(entry, list):
            pending += entry
        elif reader.get_destination_page_number(entry) is None:
            yield f"{entry.title!r} is on no page"


def misnumbered(text: str) -> Iterator[str]:
    """Yield captions of figures and tables that are not numbered in order, from 1."""
    for kind in ("Figure", "Table"):
        found = [int(number) for number in re.findall(rf"\b{kind}\s(\d+):", text)]
        if found != list(range(1, len(found) + 1)) or not found:
            yield f"{kind}s are numbered {found}"


def foreign_fonts(reader: PdfReader) -> Iterator[str]:
    """Yield fonts that are not embedded, or not of the families allowed."""
    for font in _fonts(reader):
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        name = font["/BaseFont"].split("+")[-1].split("-")[0]
        if not {"/FontFile2", "/FontFile3"} & set(descriptor):
            yield f"{name} is not embedded"
        if name not in FAMILIES:
            yield f"{name} is not allowed"


def without_alt(reader: PdfReader) -> Iterator[str]:
    """Yield figures and formulas of the structure tree that say nothing to who cannot see them."""
    pending = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while pending:
        node = pending.pop().get_object()
        if isinstance(node, list):
            pending += node
        elif isinstance(node, dict):
            if node.get("/S") in ("/Figure", "/Formula") and not str(node.get("/Alt", "")).strip():
                yield f"a {node['/S'][1:]} has no alternative text"
            pending += [node["/K"]] if "/K" in node else []


def altered_attachments(reader: PdfReader, results: str) -> Iterator[str]:
    """Yield what is wrong with the attachments: the results, and data of the digest that is printed."""
    attached = {name: part[0] for name, part in reader.attachments.items()}
    if attached.get("results.json", b"").decode() != results:
        yield "results.json is not the verdict"
    digest = sha256(attached.get("data.json", b"")).hexdigest()
    if digest not in "".join("".join(page.extract_text().split()) for page in reader.pages[-2:]):
        yield "data.json has another digest than the one printed"


def leftovers(text: str) -> Iterator[str]:
    """Yield words that a program leaves where a number is missing."""
    yield from re.findall(r"\b(?:None|NaN|nan|inf|undefined|null)\b|\?\?", text)


def blank_pages(pdf: bytes) -> Iterator[str]:
    """Yield pages, but for the last, of which more than FULLEST of the text area's height has no ink.

    The text area is cut into bands of BAND pixels; a band without any dark pixel is blank.
    """
    for number, ink in _pages(pdf):
        area = ink[int(MARGIN[1] * SCALE) : int(-MARGIN[1] * SCALE)]
        rows = area.any(axis=1)
        bands = np.array([part.any() for part in np.array_split(rows, max(1, rows.size // BAND))])
        if 1 - bands.mean() > FULLEST:
            yield f"page {number} is {1 - bands.mean():.0%} blank"


def outside_of_margins(pdf: bytes) -> Iterator[str]:
    """Yield pages with ink left or right of the text area, or above the header or below the footer."""
    for number, ink in _pages(pdf, last=True):
        side, edge = int(MARGIN[0] * SCALE), int(EDGE * SCALE)
        if ink[:, :side].any() or ink[:, -side:].any() or ink[:edge].any() or ink[-edge:].any():
            yield f"page {number} has ink outside of its margins"


def missing_cells(document: object, text: str, squeezed: object) -> Iterator[str]:
    """Yield cells of the tables in data.json that the text does not have."""
    for path, cell in _cells(document):
        wanted = squeezed(cell)
        if wanted and wanted not in text:
            yield f"{path}: {cell!r}"


TABLES = (
    "summary", "operators", "design", "limit.families", "limit.cases", "runs", "budget", "stages", "tallies",
    "process.rows", "diffusion.drifts", "diffusion.losses", "diffusion.laws", "planted", "study.settings",
    "study.budget", "reproduction.versions",
)  # fmt: skip


def _cells(document: object) -> Iterator[tuple[str, str]]:
    for name in TABLES:
        part = document
        for key in name.split("."):
            part = part[key]
        for row, cells in enumerate(part):
            yield from ((f"{name}[{row}]", cell) for cell in cells if isinstance(cell, str))


def _fonts(reader: PdfReader) -> Iterator[object]:
    pending, seen = [page["/Resources"] for page in reader.pages], set()
    while pending:
        resources = pending.pop().get_object()
        for font in resources.get("/Font", {}).values():
            yield font.get_object()
        for form in resources.get("/XObject", {}).values():
            if form.idnum not in seen and "/Resources" in form.get_object():
                seen.add(form.idnum)
                pending.append(form.get_object()["/Resources"])


def _pages(pdf: bytes, *, last: bool = False) -> Iterator[tuple[int, np.ndarray]]:
    """Yield number and ink of the pages, without the last one unless it is asked for."""
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    for number in range(len(document) - (not last)):
        grey = np.asarray(document[number].render(scale=SCALE, grayscale=True).to_numpy())
        yield number + 1, grey.reshape(grey.shape[0], grey.shape[1], -1)[..., 0] < INK


def document_of(reader: PdfReader) -> dict[str, object]:
    """Return the data that a report has attached."""
    return json.loads(reader.attachments["data.json"][0])
