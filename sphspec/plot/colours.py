"""Colours that everybody can tell apart, markers beside them, and the Axes that is meant."""

from matplotlib.axes import Axes

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")  # Okabe and Ito
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
FORBIDDEN = "#c9c9c9"  # structural zeros
SIGNED = "RdBu_r"  # diverging, for what has a sign or lies about one
SIZES = "cividis"


def axes_of(ax: Axes | None) -> Axes:
    """Return the Axes that was given, or the current one."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.gca()
