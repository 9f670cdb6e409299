"""What all figures share: fonts, colours, one size, and SVG whose bytes do not change."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeVar

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sphspec.plot.style import COLOURS, MARKERS
from sphspec.report import words

P = ParamSpec("P")
R = TypeVar("R")

WIDTH = 6.5  # inches, the width of the text: drawn at final size
FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
DPI = 300
FORMATS: dict[str, dict[str, Any]] = {  # what a file says of itself: no dates, no versions
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}
RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 7.6,
    "axes.titlesize": 7.6,
    "axes.labelsize": 7.6,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "legend.fontsize": 7.5,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "lines.linewidth": 1.1,
    "legend.frameon": False,
    "savefig.dpi": DPI,
    "figure.dpi": DPI,
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "svg.hashsalt": "sphspec",
}


@dataclass(frozen=True)
class Drawing:
    """A finished figure: SVG text, caption, and what it shows in words for who cannot see it.

    Attributes
    ----------
    svg, caption, alt : text
    figure : from which it can be saved in other formats; None in another process
    """

    svg: str
    caption: str
    alt: str
    figure: Figure | None = field(default=None, repr=False, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "figure": None}


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Run a drawing function under the report's settings and no others."""

    @wraps(draw)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(RC)
            return draw(*args, **kwargs)

    return inside


def new_figure(height: float, layout: Literal["constrained", "compressed"] = "constrained") -> Figure:
    """Return an empty figure as wide as the text, its height in inches."""
    return Figure(figsize=(WIDTH, height), layout=layout)


@styled
def rendered(drawing: Drawing, form: str, dpi: int = DPI) -> bytes:
    """Return a drawing as a file of a format in FORMATS, letters as outlines: always the same bytes."""
    assert drawing.figure is not None
    mpl.rcParams["svg.fonttype"] = "path"  # who opens the file need not have the font
    buffer = io.BytesIO()
    drawing.figure.savefig(buffer, format=form, dpi=dpi, metadata=FORMATS[form])
    return buffer.getvalue()


def finished(figure: Figure, caption: str, alt: str) -> Drawing:
    """Return the figure as SVG with text as text, the same bytes every time, and what is said of it."""
    buffer, engine = io.StringIO(), figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine(None)  # savefig would lay it out again; other formats keep its places
    figure.savefig(buffer, format="svg", metadata=FORMATS["svg"])
    return Drawing(buffer.getvalue(), caption, alt, figure)


def decades(axes: Axes, axis: str) -> None:
    """Label a log axis as 10 with an exponent in plain text, which stays searchable."""
    which = axes.xaxis if axis == "x" else axes.yaxis
    which.set_major_formatter(FuncFormatter(decade))
    which.set_minor_formatter(FuncFormatter(lambda *_: ""))


def decade(value: float, _place: int | None = None) -> str:
    """Return a power of ten as text."""
    exponent = f"{value:e}".split("e")[1]
    return words.power_of_ten(int(exponent))


__all__ = [
    "COLOURS", "FONTS", "MARKERS", "RC", "WIDTH", "Drawing", "decade", "decades", "finished",
    "new_figure", "rendered", "styled",
]  # fmt: skip
