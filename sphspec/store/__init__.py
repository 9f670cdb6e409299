"""Covariances on disk: C_(lm,l'm) order by order in a Zarr store, written and read in bounded memory."""

from sphspec.store.reader import StoredCovariance, open_covariance
from sphspec.store.source import Source, source_of
from sphspec.store.writer import Part, Writer

__all__ = ["Part", "Source", "StoredCovariance", "Writer", "open_covariance", "source_of"]
