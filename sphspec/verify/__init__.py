"""Verification: `sphspec.verify(study)` runs the suite; the modules below judge arrays.

The module is callable so that the public name `sphspec.verify` is both the function and the package.
Only this facade knows the suite; the modules beside it see the two sides of a check as arrays.
"""

import sys
from os import PathLike
from types import ModuleType
from typing import Any

from sphspec.verify.power import Detectable, Effect, min_detectable, min_samples
from sphspec.verify.result import Evidence, Result, RoundTrip, Verdict

__all__ = [
    "Detectable",
    "Effect",
    "Evidence",
    "Result",
    "RoundTrip",
    "Verdict",
    "min_detectable",
    "min_samples",
]


class _Callable(ModuleType):
    def __call__(self, study: Any = None, **options: Any) -> Verdict:
        """Verify a study (a Study, the path of a TOML file, or None for the default one)."""
        from sphspec.study import Study
        from sphspec.suite import run_suite

        if study is None:
            study = Study()
        elif isinstance(study, str | PathLike):
            study = Study.load(study)
        elif not isinstance(study, Study):
            raise ValueError(f"study must be a Study, the path of a TOML file or None, got {study!r}")
        return run_suite(study, **options)


sys.modules[__name__].__class__ = _Callable
