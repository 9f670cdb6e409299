"""What all figures share: fonts, colours, one size, and SVG whose bytes do not change."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeVar

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sphspec.report import words

P = ParamSpec("P")
R = TypeVar("R")

WIDTH = 6.5  # inches, the width of the text: drawn at final size
FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")  # Okabe and Ito
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
FORBIDDEN = "#c9c9c9"  # structural zeros
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
    "savefig.dpi": 300,
    "figure.dpi": 300,
    "svg.fonttype": "none",
    "svg.hashsalt": "sphspec",
}


@dataclass(frozen=True)
class Drawing:
    """A finished figure: SVG text, caption, and what it shows in words for who cannot see it."""

    svg: str
    caption: str
    alt: str


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


def to_svg(figure: Figure) -> str:
    """Return the figure as SVG with text as text, the same bytes every time."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def decades(axes: Axes, axis: str) -> None:
    """Label a log axis as 10 with an exponent in plain text, which stays searchable."""
    which = axes.xaxis if axis == "x" else axes.yaxis
    which.set_major_formatter(FuncFormatter(decade))
    which.set_minor_formatter(FuncFormatter(lambda *_: ""))


def decade(value: float, _place: int | None = None) -> str:
    """Return a power of ten as text."""
    exponent = f"{value:e}".split("e")[1]
    return words.power_of_ten(int(exponent))
