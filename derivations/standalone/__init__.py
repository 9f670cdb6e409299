"""Standalone modules: the law of one grid's noise as a NumPy module of its own, exact numbers in its text."""

from derivations.standalone.render import standalone_module

__all__ = ["standalone_module"]
