"""Draw the first page with figures of every committed report, small: python reports/thumbnails.py."""

from pathlib import Path

import pypdfium2

HERE = Path(__file__).parent
WIDTH = 420  # pixels of a thumbnail
PAGES = {"healpix": "4.1 ", "gauss-legendre": "4.1 ", "era5-like": "4.1 "}  # the heading of the page shown


def main() -> None:
    """Write reports/NAME.png for every report."""
    for name, heading in PAGES.items():
        document = pypdfium2.PdfDocument(HERE / f"{name}.pdf")
        pages = [document[number] for number in range(1, len(document))]
        page = next(page for page in pages if f"\n{heading}" in f"\n{page.get_textpage().get_text_range()}")
        page.render(scale=WIDTH / page.get_width()).to_pil().save(HERE / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
