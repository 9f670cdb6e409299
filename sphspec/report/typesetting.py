"""Typesetting by Typst: a folder with main.typ and its data becomes a PDF, the same bytes every time."""

import os
from pathlib import Path
from typing import Literal

import typst

from sphspec.report.accessible import flaws
from sphspec.report.figures.style import FONTS

STANDARDS: list[Literal["a-3a", "ua-1"]] = ["a-3a", "ua-1"]  # archived with attachments, and accessible
NEEDED = ("DejaVuSans.ttf", "DejaVuSansMono.ttf")  # Typst brings the others
EPOCH = 1769558400  # 2026-01-28, the document's date where SOURCE_DATE_EPOCH names no other


def typeset(root: Path, digest: str, epoch: int, *, check: bool = True) -> bytes:
    """Return the PDF of root/main.typ; no file outside the folder is read.

    With check it is read again: for alternative texts and fonts, which the compiler does not enforce.

    Raises
    ------
    RuntimeError
        where Typst warns or fails, or something says nothing to who cannot see it: a defect of this package.
    """
    compiler = typst.Compiler(
        root / "main.typ",
        root=root,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"digest": digest, "epoch": str(epoch)},
        package_path=root,
        package_cache_path=root,
    )
    try:
        pdf, warnings = compiler.compile_with_warnings(
            format="pdf", pdf_standards=[*STANDARDS], timestamp=epoch
        )
    except typst.TypstError as error:
        raise RuntimeError(f"typesetting the report failed: {error.message} {error.diagnostic}") from error
    if warnings:
        raise RuntimeError(f"typesetting the report warns: {warnings[0].message}")
    assert isinstance(pdf, bytes)  # a list only for formats of one file a page
    for flaw in flaws(pdf) if check else ():
        raise RuntimeError(f"typesetting the report went wrong: {flaw}")
    return pdf


def require_fonts() -> None:
    """Raise ValueError where the fonts that come with matplotlib are not there."""
    missing = [name for name in NEEDED if not (FONTS / name).is_file()]
    if missing:
        cure = "pip install --force-reinstall matplotlib, which brings them"
        raise ValueError(f"the report's fonts are missing: no {', '.join(missing)} in {FONTS}; {cure}")


def epoch_of() -> int:
    """Return the document's date in seconds since 1970.

    Raises
    ------
    ValueError
        where SOURCE_DATE_EPOCH is no number.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", str(EPOCH))
    if not given.isdigit():
        raise ValueError(f"SOURCE_DATE_EPOCH must be seconds since 1970, a whole number >= 0, got {given!r}")
    return int(given)
