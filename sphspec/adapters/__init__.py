"""Adapters: other packages' generators of random fields, each with the law that its documentation states.

A package is imported with the first draw, and only the one that is named.
"""

from sphspec.adapters.base import Adapter
from sphspec.adapters.registry import ADAPTERS, make_adapter

__all__ = ["ADAPTERS", "Adapter", "make_adapter"]
