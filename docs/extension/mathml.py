"""Formulas as MathML, written while the site is built: no JavaScript, no fonts from elsewhere."""

from typing import Any

from latex2mathml.converter import convert


def inline(translator: Any, node: Any) -> None:
    """Write a formula in a line."""
    _write(translator, node, "inline")


def display(translator: Any, node: Any) -> None:
    """Write a formula on its own line."""
    _write(translator, node, "block")


def _write(translator: Any, node: Any, how: str) -> None:
    from docutils.nodes import SkipNode

    source = node.astext().strip()
    if how == "block":
        translator.body.append('<div class="formula">')
    translator.body.append(convert(source, display=how))
    if how == "block":
        translator.body.append("</div>\n")
    raise SkipNode


def setup(app: Any) -> dict[str, bool]:
    """Register the renderer."""
    app.add_html_math_renderer("mathml", (inline, None), (display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
