"""The verification suite of a study: builds both sides of every check and hands them to `verify`."""

from sphspec.suite.run import preflight, run_suite

__all__ = ["preflight", "run_suite"]
