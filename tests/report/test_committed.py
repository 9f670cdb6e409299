"""The committed reports: whole, small, and what the code gives today."""

from pathlib import Path

import pytest
from pdf_pages import (
    altered_attachments,
    blank_pages,
    broken_outline,
    document_of,
    foreign_fonts,
    leftovers,
    misnumbered,
    missing_cells,
    outside_of_margins,
    unresolved_links,
    without_alt,
)
from pypdf import PdfReader
from small_report import squeezed

from sphspec.report.current import differences
from sphspec.study import Study

REPORTS = Path(__file__).resolve().parents[2] / "reports"
NAMES = ["era5-like", "gauss-legendre", "healpix"]


def test_these_are_all():
    readme = (REPORTS / "README.md").read_text(encoding="utf-8")
    for name in NAMES:
        assert (REPORTS / f"{name}.toml").exists()
        assert f"({name}.png)" in readme


@pytest.mark.parametrize("name", NAMES[:1])
def test_a_report_is_current(name):
    assert differences(Study.load(REPORTS / f"{name}.toml"), REPORTS / f"{name}.pdf") == []


@pytest.mark.nightly
@pytest.mark.parametrize("name", NAMES[1:])
def test_the_other_reports_are_current(name):
    assert differences(Study.load(REPORTS / f"{name}.toml"), REPORTS / f"{name}.pdf") == []


@pytest.mark.parametrize("name", NAMES)
def test_a_committed_report_is_whole(name):
    path = REPORTS / f"{name}.pdf"
    assert path.stat().st_size < 2e6
    reader = PdfReader(path)
    pages = [page.extract_text() for page in reader.pages]
    text = squeezed("".join(pages))
    results = reader.attachments["results.json"][0].decode()
    found = [
        *unresolved_links(reader), *broken_outline(reader), *misnumbered("\n".join(pages)),
        *foreign_fonts(reader), *without_alt(reader), *altered_attachments(reader, results),
        *leftovers("\n".join(pages)), *missing_cells(document_of(reader), text, squeezed),
        *blank_pages(path.read_bytes()), *outside_of_margins(path.read_bytes()),
    ]  # fmt: skip
    assert found == []
