"""The report's style, with letters as outlines: a page shows them the same in every browser."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import matplotlib as mpl

from sphspec.report.figures.style import decades, finished, new_figure
from sphspec.report.figures.style import styled as report_style

__all__ = ["decades", "finished", "new_figure", "styled"]

P = ParamSpec("P")
R = TypeVar("R")


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Run a drawing function in the report's style."""

    @wraps(draw)
    def outlined(*args: P.args, **kwargs: P.kwargs) -> R:
        mpl.rcParams["svg.fonttype"] = "path"
        return draw(*args, **kwargs)

    return report_style(outlined)
