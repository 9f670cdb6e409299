"""Every page of a report is whole; and each of these checks finds the error that is planted for it."""

import json

import pytest
from pdf_pages import (
    FAMILIES,
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
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from small_report import squeezed

from sphspec.report import accessible
from sphspec.report.typesetting import EPOCH, typeset


def lines(reader):
    return "\n".join(page.extract_text() for page in reader.pages)


def test_links_and_outline_lead_somewhere(reader):
    assert list(unresolved_links(reader)) == []
    assert list(broken_outline(reader)) == []


def test_captions_are_numbered_in_order(reader):
    assert list(misnumbered(lines(reader))) == []


def test_fonts_are_embedded_and_ours(reader):
    assert list(foreign_fonts(reader)) == []


def test_every_figure_and_formula_has_an_alternative_text(reader):
    assert list(without_alt(reader)) == []


def test_attachments_are_what_was_computed(reader, verdict):
    assert list(altered_attachments(reader, verdict.to_json())) == []
    assert reader.attachments["formulas.tex"][0].startswith(b"% Formulas")


def test_nothing_is_left_over(reader):
    assert list(leftovers(lines(reader))) == []


def test_every_cell_of_every_table_is_in_the_text(reader, text):
    assert list(missing_cells(document_of(reader), text, squeezed)) == []


def test_no_page_is_nearly_blank_and_nothing_stands_in_a_margin(report):
    assert list(blank_pages(report.read_bytes())) == []
    assert list(outside_of_margins(report.read_bytes())) == []


HEAD = """
#set document(title: [planted], date: datetime(year: 2026, month: 1, day: 1))
#set page(paper: "a4", margin: (x: 22.4mm, top: 22mm, bottom: 24mm))
#set text(font: "Libertinus Serif", size: 10.5pt, lang: "en")
#set heading(numbering: "1")
"""
BODY = HEAD + "= Chapter\n#lorem(400)\n"


def planted(tmp_path, source, check=True):
    (tmp_path / "main.typ").write_text(source, encoding="utf-8")
    return typeset(tmp_path, "0" * 64, EPOCH, check=check)


def reader_of(pdf, tmp_path):
    path = tmp_path / "planted.pdf"
    path.write_bytes(pdf)
    return PdfReader(path)


def test_a_picture_or_formula_without_alternative_text_fails_the_build(tmp_path):
    for source in (
        "#image(bytes(\"<svg xmlns='http://www.w3.org/2000/svg'/>\"))",
        "$ a + b $",
        "#figure(rect(width: 5cm, height: 2cm), caption: [Nothing is said.])",
    ):
        with pytest.raises(RuntimeError, match="missing alt text"):
            planted(tmp_path, BODY + source)


def test_an_alternative_text_that_was_lost_is_found(report, tmp_path):
    writer = PdfWriter(clone_from=report)
    pending, removed = [writer.root_object["/StructTreeRoot"]], 0
    while pending and not removed:
        node = pending.pop().get_object()
        if isinstance(node, list):
            pending += node
        elif isinstance(node, dict):
            if "/Alt" in node:
                del node["/Alt"]
                removed += 1
            pending += [node["/K"]] if "/K" in node else []
    writer.write(tmp_path / "lost.pdf")
    assert len(list(without_alt(PdfReader(tmp_path / "lost.pdf")))) == 1
    assert len(list(accessible.flaws((tmp_path / "lost.pdf").read_bytes()))) == 1


def test_a_link_to_nowhere_is_found(report, tmp_path):
    writer = PdfWriter(clone_from=report)
    link = next(each.get_object() for each in writer.pages[0]["/Annots"])
    link.pop("/Dest", None)
    link[NameObject("/A")] = DictionaryObject({NameObject("/URI"): TextStringObject("nowhere")})
    writer.write(tmp_path / "link.pdf")
    assert len(list(unresolved_links(PdfReader(tmp_path / "link.pdf")))) == 1


def test_a_font_that_is_not_ours_fails_the_build(tmp_path):
    source = BODY + '#text(font: "DejaVu Serif")[elsewhere]'
    with pytest.raises(RuntimeError, match="DejaVuSerif"):
        planted(tmp_path, source)
    assert list(foreign_fonts(reader_of(planted(tmp_path, source, check=False), tmp_path)))


def test_planted_flaws_of_pages_are_found(tmp_path):
    wide = planted(tmp_path, BODY + "#place(dx: -20mm, rect(width: 8mm, height: 8mm, fill: black))")
    assert list(outside_of_margins(wide)) == ["page 1 has ink outside of its margins"]
    empty = planted(tmp_path, HEAD + "one line\n#pagebreak()\n#lorem(100)")
    assert list(blank_pages(empty))
    assert list(blank_pages(planted(tmp_path, BODY + "#pagebreak()\none line"))) == []


def test_planted_flaws_of_text_are_found():
    assert list(misnumbered("Figure 1: a\nFigure 3: b\nTable 1: c"))
    assert list(misnumbered("Figure 1: a"))
    assert list(leftovers("the value is None")) == ["None"]
    assert list(leftovers("see Section ??")) == ["??"]


def test_planted_flaws_of_data_are_found(reader, text, verdict):
    document = json.loads(json.dumps(document_of(reader)))
    document["summary"][0][5] = "123.456"
    assert list(missing_cells(document, text, squeezed)) == ["summary[0]: '123.456'"]
    assert list(altered_attachments(reader, verdict.to_json() + " ")) == ["results.json is not the verdict"]


def test_the_builders_families_are_those_of_the_test():
    assert accessible.FAMILIES == FAMILIES


def test_sources_can_be_followed(reader):
    found = {
        str(each.get_object()["/A"]["/URI"])
        for page in reader.pages
        for each in page.get("/Annots", [])
        if "/URI" in each.get_object().get("/A", {})
    }
    expected = {"https://arxiv.org/abs/2011.13456", "https://dlmf.nist.gov/14.30#E9"}
    assert expected <= found
