"""What `sphspec figures` does: the figures of a study, each as a file, with captions.json beside them."""

import json
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from sphspec import _validate as check
from sphspec.console import progress_bar
from sphspec.study import Study

CAPTIONS = "captions.json"


def write_figures(source: Path | None, folder: Path, form: str, dpi: int, *, as_json: bool) -> None:
    """Draw and write every figure; each file appears in one step, captions.json last.

    Parameters
    ----------
    source : the study's file; None for the default study
    folder : where to, made if missing
    form, dpi : format of the files, and dots per inch of what is a raster
    as_json : whether captions.json is printed too, and nothing else

    Raises
    ------
    ValueError
        before any work, where matplotlib is missing, the study is wrong or the folder cannot be written.
    """
    if find_spec("matplotlib") is None:
        raise ValueError("figures need matplotlib: pip install 'sphspec[report]'")
    study = Study() if source is None else Study.load(source)
    require_folder(folder)
    from sphspec.report.figures import rendered
    from sphspec.report.gallery import gallery

    captions: dict[str, dict[str, str]] = {}
    with progress_bar() as progress:
        for name, drawing in gallery(study, progress):
            file = f"{name}.{form}"
            progress(f"writing {file}")
            check.replace_file(folder / file, rendered(drawing, form, dpi))
            captions[file] = {"caption": drawing.caption, "alt": drawing.alt}
    text = json.dumps(captions, indent=1, ensure_ascii=False)
    check.replace_file(folder / CAPTIONS, f"{text}\n".encode())
    if as_json:
        print(text)
    told = f"written: {len(captions)} figures and {CAPTIONS} in {folder}"
    Console(stderr=True, soft_wrap=True).print(told, highlight=False, markup=False)


def require_folder(folder: Path) -> None:
    """Raise ValueError unless files can be written into a folder; it is made if missing."""
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"cannot write into {folder}: it is a file; name a folder")
    try:
        check.writable(folder / CAPTIONS)
    except ValueError as error:
        raise ValueError(str(error).replace("name another file", "name another folder")) from None
