"""The verification suite of a study: builds both sides of every check and hands them to `verify`."""

from sphspec.suite.prepared import preflight
from sphspec.suite.run import run_suite

__all__ = ["preflight", "run_suite"]
