"""What `sphspec figures` does: the report's figures as files."""

import json
import re
from pathlib import Path

from rich.console import Console

from sphspec import _validate as check
from sphspec.commands.reporting import require_report
from sphspec.console import progress_bar
from sphspec.study import Study

CAPTIONS = "captions.json"


def write_figures(study: Path | None, folder: Path, form: str, dpi: int, as_json: bool) -> None:
    """Write every figure of a study that needs no draws, and captions.json.

    Raises
    ------
    ValueError
        before any work: for another format, a folder that cannot be written, a study that is none.
    """
    require_report()
    from sphspec.report.drawings import drawings_of
    from sphspec.report.figures.style import FORMATS

    check.known("--format", form, FORMATS)
    chosen = Study() if study is None else Study.load(study)
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file; name a folder for the figures")
    check.writable(folder / CAPTIONS)
    with progress_bar() as progress:
        drawn = drawings_of(chosen, progress)
    captions = {}
    for name, drawing in drawn.items():
        file = f"{_plain(name)}.{form}"
        check.replace_file(folder / file, drawing.saved(form, dpi))
        captions[file] = {"caption": drawing.caption, "alt": drawing.alt}
    text = json.dumps(captions, indent=1, ensure_ascii=False)
    check.replace_file(folder / CAPTIONS, f"{text}\n".encode())
    if as_json:
        print(text)
        return
    Console(stderr=True, soft_wrap=True).print(
        f"written: {len(captions)} figures and {CAPTIONS} in {folder}", highlight=False, markup=False
    )


def _plain(name: str) -> str:
    """Return a name that any file system takes."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
