"""Where a report comes from: command, study file, and the versions of what was used."""

import json
import platform
from importlib import metadata

import sphspec
from sphspec.study import Study

PACKAGES = ("numpy", "scipy", "ducc0", "healpy", "sympy", "matplotlib", "typst", "pydantic")


def command(study: Study) -> str:
    """Return the command that makes this report."""
    return "sphspec run" if study == Study() else f"sphspec run {study.name}.toml"


TABLES = ("process", "data", "budget", "cost")


def study_toml(study: Study) -> str:
    """Return the study as the TOML file that `sphspec run` reads.

    >>> import tomllib
    >>> Study(**tomllib.loads(study_toml(Study()))) == Study()
    True
    """
    content = study.model_dump(mode="json", exclude_none=True)
    settings = content.pop("settings")
    tables = [("[[settings]]", setting) for setting in settings]
    tables += [(f"[{key}]", content.pop(key)) for key in TABLES if key in content]
    parts = [_lines(content), *(f"{heading}\n{_lines(table)}" for heading, table in tables)]
    return "\n\n".join(parts)


def _lines(table: dict[str, object]) -> str:
    return "\n".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items())


def versions() -> list[list[str]]:
    """Return name and version of Python, of this package and of the packages installed beside it."""
    found = [["Python", platform.python_version()], ["sphspec", sphspec.__version__]]
    for name in PACKAGES:
        try:
            found.append([name, metadata.version(name)])
        except metadata.PackageNotFoundError:
            continue
    return found
