"""The built site is refused where a page loads anything from elsewhere."""

import re
from pathlib import Path
from typing import Any

LOADED = re.compile(
    r"<(?:script|img|iframe|source|link(?! rel=\"canonical\"))\b[^>]*?(?:src|href)=\"(https?:)?//"
)
STYLE = re.compile(r"url\(['\"]?(?:https?:)?//|@import")


def loads(folder: Path) -> list[str]:
    """Return what pages and style sheets of a built site load from elsewhere."""
    found = [f"{page.name}: {hit.group()}" for page in sorted(folder.rglob("*.html"))
             for hit in LOADED.finditer(page.read_text(encoding="utf-8"))]  # fmt: skip
    found += [f"{sheet.name}: {hit.group()}" for sheet in sorted(folder.rglob("*.css"))
              for hit in STYLE.finditer(sheet.read_text(encoding="utf-8"))]  # fmt: skip
    return found


def check(app: Any, problem: Exception | None) -> None:
    """Fail the build where the site is not complete in itself."""
    if problem is None and app.builder.format == "html" and (found := loads(Path(app.outdir))):
        from sphinx.errors import ExtensionError

        raise ExtensionError("loaded from elsewhere: " + "; ".join(found[:5]))


def setup(app: Any) -> dict[str, bool]:
    """Register the check."""
    app.connect("build-finished", check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
