"""Blocks of code in Markdown, run as a reader would: a page is one session in an empty folder.

```python      is executed; what it prints is the ```text block that follows
```sh          likewise, in bash
`name.py`...:  the paragraph before a block starts and ends so: the block is that file
<!-- needs: torch -->, <!-- nightly -->, <!-- exit: 1 -->   on the line before a block
"""

import contextlib
import doctest
import importlib.util
import io
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FENCE = re.compile(r"^```(?P<language>[^\n`]*)\n(?P<source>.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"`([\w.]+\.(?:py|toml|txt))`[^`]*:", re.DOTALL)
MARK = re.compile(r"<!-- (needs|nightly|exit)(?:: (.*?))? -->")
RUN = ("python", "sh")


@dataclass(frozen=True)
class Block:
    """A block to run or to write, its place, what it prints, and under which conditions it runs."""

    language: str
    source: str
    line: int
    output: str | None
    file: str | None
    needs: str | None
    nightly: bool
    exit: int


def blocks(text, language):
    """Return the source of every block of a language."""
    return [found["source"] for found in FENCE.finditer(text) if found["language"] == language]


def session(text):
    """Return the blocks of a page that do something, in order."""
    found, fences = [], list(FENCE.finditer(text))
    for place, fence in enumerate(fences):
        before = text[: fence.start()].rstrip("\n")
        following = fences[place + 1] if place + 1 < len(fences) else None
        prints = (
            following is not None
            and following["language"] == "text"
            and not text[fence.end() : following.start()].strip()
        )
        marks = dict(MARK.findall(before.rpartition("\n\n")[2]))
        file = FILE.fullmatch(before.rpartition("\n\n")[2])
        if fence["language"] in RUN or file:
            found.append(
                Block(
                    language=fence["language"], source=fence["source"],
                    line=text.count("\n", 0, fence.start()) + 2,
                    output=following["source"] if prints else None, file=file[1] if file else None,
                    needs=marks.get("needs"), nightly="nightly" in marks, exit=int(marks.get("exit", 0)),
                )
            )  # fmt: skip
    return found


def play(page, found, folder, *, nightly=True):
    """Run blocks one after the other in a folder, which is the current one; return how many were run."""
    names, count = {"__name__": page}, 0
    for block in found:
        if block.file:
            (folder / block.file).write_text(block.source, encoding="utf-8")
        elif _present(block.needs) and (nightly or not block.nightly):
            printed = (_python if block.language == "python" else _shell)(page, block, names, folder)
            _compare(page, block, printed)
            count += 1
    return count


def _present(needs):
    return needs is None or all(importlib.util.find_spec(name.strip()) for name in needs.split(","))


def _python(page, block, names, _folder):
    printed = io.StringIO()
    code = compile("\n" * (block.line - 1) + block.source, page, "exec")
    with contextlib.redirect_stdout(printed):
        exec(code, names)
    return printed.getvalue()


def _shell(page, block, _names, folder):
    binaries = folder / ".bin"
    binaries.mkdir(exist_ok=True)
    for name, words in (("sphspec", "-m sphspec"), ("python", "")):
        (binaries / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n')
        (binaries / name).chmod(0o755)
    paths = f"{folder}{os.pathsep}{ROOT}"
    environment = {
        **os.environ,
        "PATH": f"{binaries}:{os.environ['PATH']}",
        "PYTHONPATH": paths,
        "COLUMNS": "200",
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.source],
        cwd=folder, capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    where = f"{page}, line {block.line}"
    assert done.returncode == block.exit, f"{where}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def _compare(page, block, printed):
    where = f"{page}, line {block.line}"
    if block.output is None:
        silent = block.language == "sh" or not printed
        assert silent, f"{where} prints what the page does not show:\n{printed}"
        return
    got = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
    same = doctest.OutputChecker().check_output(block.output, got, doctest.ELLIPSIS)
    assert same, f"{where} prints\n{got}but the page shows\n{block.output}"
