"""How Sphinx builds the site: `sphinx-build -W -b html docs build/docs`.

Markdown by MyST, furo's theme. Formulas become MathML while the site is built, and figures are drawn by
the package itself, so that the built site loads nothing from elsewhere.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

project = "sphspec"
author = "the authors of sphspec"
copyright = author  # noqa: A001
html_title = "sphspec"
html_theme = "furo"
html_theme_options = {"footer_icons": []}
html_static_path = ["static"]
html_css_files = ["site.css"]
smartquotes = False
html_copy_source = False
html_show_sphinx = False
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "extension.mathml",
    "extension.proofs",
    "extension.pictures",
    "extension.reference",
    "extension.commands",
    "extension.offline",
    "extension.pages",
]
myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
myst_heading_anchors = 3
exclude_patterns = ["_pictures", "README.md"]
html_math_renderer = "mathml"
autodoc_member_order = "bysource"
autodoc_typehints = "none"
nitpicky = False
