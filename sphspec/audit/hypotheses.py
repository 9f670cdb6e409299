"""What can be wrong with the covariance of coefficients, by name: the dictionary of an audit.

    group     variances times f on some coefficients: D Sigma D with D^2 = f there, 1 elsewhere
    trend     variances times exp(b h), h from 0 to 1 over the coefficients
    layout    coefficients in another order or with other signs: P Sigma P^T
    mixture   (1 - e) Sigma + e Sigma', another covariance in its place

An error that leaves the claimed covariance as it is cannot be seen, is none, and is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sphspec.audit.forms import Form, form
from sphspec.audit.latitude import modulations
from sphspec.audit.law import Law
from sphspec.audit.layouts import layouts
from sphspec.gram.connected import sectors

Floats = NDArray[np.float64]
RANGE = 1e-10  # of the largest variance, below which a direction of some coefficients is left out
NOISE = 1e-12  # of a mixture's entries against those of Sigma


@dataclass(frozen=True, eq=False)
class Group:
    """Variances of some coefficients times one factor.

    Attributes
    ----------
    defect, detail : name of the defect, and which coefficients
    mask : (n,) those whose variance is times f
    whitener : (g, k) sparse, gives those their own white coordinates
    factors : the values that f may have; () for any
    """

    defect: str
    detail: str
    mask: NDArray[np.bool_]
    whitener: Any
    factors: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Trend:
    """Variances times exp(b h); `height` is h, (n,)."""

    defect: str
    detail: str
    height: Floats
    form: Form


@dataclass(frozen=True, eq=False)
class Layout:
    """Draws that are signs * alpha[order] of draws of the claim; `form` is that of P Sigma P^T - Sigma."""

    defect: str
    detail: str
    order: NDArray[np.int64]
    signs: Floats
    form: Form


@dataclass(frozen=True, eq=False)
class Mixture:
    """Another covariance with a share e, Sigma + e E; `contrast` are E's relative variances at two places."""

    defect: str
    detail: str
    form: Form
    contrast: tuple[float, float] | None = None


Named = Trend | Layout | Mixture


@dataclass(frozen=True, eq=False)
class Dictionary:
    """All hypotheses about the covariance of a law."""

    law: Law
    kind: str = "coefficients"

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Wrong factors on some coefficients."""
        law, top = self.law, self.law.claim.lmax
        degrees, orders = law.degrees, law.orders
        wanted: list[tuple[str, str, NDArray[np.bool_], tuple[float, ...]]] = [
            ("scale", "all coefficients", np.ones(law.n, bool), ())
        ]
        if top > 0:
            wanted += [
                ("m0-power", "m = 0", orders == 0, ()),
                ("sqrt2", "m != 0", orders != 0, (2.0, 0.5)),
                ("sqrt2", "cosines of m != 0", orders > 0, (2.0, 0.5)),
                ("sqrt2", "sines", orders < 0, (2.0, 0.5)),
                ("nyquist", f"|m| = {top}", np.abs(orders) == top, ()),
                ("nyquist", f"m = {top}, cosine", orders == top, ()),
                ("nyquist", f"m = {top}, sine", orders == -top, ()),
                ("nyquist", f"l = {top}", degrees == top, ()),
            ]
        found = ((d, t, mask, _whitener(law, mask), f) for d, t, mask, f in wanted)
        return tuple(Group(*each) for each in found if each[3].shape[1])

    @cached_property
    def named(self) -> tuple[Named, ...]:
        """All that have one direction each."""
        return (*self.trends, *self.layouts, *self.mixtures)

    @cached_property
    def trends(self) -> tuple[Trend, ...]:
        """Variances that drift with the degree or with the order."""
        law, top = self.law, self.law.claim.lmax
        if top == 0:
            return ()
        degrees, orders = law.degrees, np.abs(law.orders)
        wanted = (
            ("degree-trend", "linear in l", degrees / top),
            ("degree-trend", "a power of l + 1", np.log1p(degrees) / np.log1p(top)),
            ("latitude-variance", "linear in |m|", orders / top),
        )
        return tuple(
            Trend(defect, detail, height, found)
            for defect, detail, height in wanted
            if (found := self._form(_scaled(law.sigma, height / 2))) is not None
        )

    @cached_property
    def layouts(self) -> tuple[Layout, ...]:
        """Other orders and signs of the coefficients."""
        found = []
        for defect, detail, order, signs in layouts(self.law.degrees, self.law.orders):
            turned = self.law.sigma[order][:, order].multiply(signs[:, None]).multiply(signs[None, :])
            if (seen := self._form(turned - self.law.sigma)) is not None:
                found.append(Layout(defect, detail, order, signs, seen))
        return tuple(found)

    @cached_property
    def mixtures(self) -> tuple[Mixture, ...]:
        """Other covariances."""
        return tuple(
            Mixture(defect, detail, seen, contrast)
            for defect, detail, error, contrast in self._errors()
            if (seen := self._form(error)) is not None
        )

    @cached_property
    def identity(self) -> Form:
        """W^T W: equal variances without correlations, in white coordinates."""
        return Form(self.law.white_form(sparse.csr_array(sparse.eye_array(self.law.n))))

    def _errors(self) -> Iterator[tuple[str, str, Any, tuple[float, float] | None]]:
        law, sigma = self.law, self.law.sigma
        variances = sigma.diagonal()
        alone = sparse.csr_array(sparse.diags_array(variances))
        if not law.claim.isotropic:
            level = sparse.csr_array(sparse.eye_array(law.n) * variances.mean())
            yield "isotropic-for-sigma", "one variance, no couplings", level - sigma, None
            mean = np.bincount(law.degrees, variances) / np.bincount(law.degrees)
            by_degree = sparse.csr_array(sparse.diags_array(mean[law.degrees]))
            yield "isotropic-for-sigma", "one variance a degree, no couplings", by_degree - sigma, None
            yield "coupling", "claimed couplings are missing", alone - sigma, None
            same = np.abs(law.orders)
            entries = sigma.tocoo()
            inside = same[entries.coords[0]] == same[entries.coords[1]]
            within = sparse.csr_array(
                (entries.data[inside], tuple(at[inside] for at in entries.coords)), shape=sigma.shape
            )
            yield "coupling", "claimed couplings between orders are missing", within - sigma, None
        for detail, pairs in _neighbours(law.degrees, law.orders):
            size = np.sqrt(variances[pairs[0]] * variances[pairs[1]])
            upper = sparse.csr_array((size, pairs), shape=sigma.shape)
            yield "coupling", detail, upper + upper.T, None
        yield from modulations(law)

    def _form(self, error: Any) -> Form | None:
        entries = sparse.csr_array(error)
        scale = float(np.abs(self.law.sigma.data).max())
        if float(np.abs(entries.data).max(initial=0.0)) <= NOISE * scale:
            return None
        return form(self.law.white_form(entries))


def _whitener(law: Law, mask: NDArray[np.bool_]) -> Any:
    """Return W_g, sparse: |W_g^T alpha_g|^2 = alpha_g^T Sigma_gg^+ alpha_g is chi-square of its columns.

    Directions of hardly any variance are left out: of a part of a singular Sigma they may be all rounding.
    """
    places = np.flatnonzero(mask)
    if law.diagonal:
        variances = law.sigma.diagonal()[places]
        kept = np.flatnonzero(variances > 0)
        return sparse.csr_array(
            (1 / np.sqrt(variances[kept]), (kept, np.arange(kept.size))), shape=(places.size, kept.size)
        )
    parts = sectors(law.sigma[places][:, places].toarray())
    columns, least = [], RANGE * float(parts.diagonal().max())
    for at, block in zip(parts.indices, parts.blocks, strict=True):
        values, vectors = np.linalg.eigh(block)
        seen = values > least
        columns.append(np.zeros((places.size, int(seen.sum()))))
        columns[-1][at] = vectors[:, seen] / np.sqrt(values[seen])
    return sparse.csr_array(np.hstack(columns))


def _scaled(sigma: Any, height: Floats) -> Any:
    """Return H Sigma + Sigma H for a diagonal H."""
    return sigma.multiply(height[:, None]) + sigma.multiply(height[None, :])


def _neighbours(degrees: NDArray[np.int64], orders: NDArray[np.int64]) -> Iterator[tuple[str, Any]]:
    """Yield pairs of places (i, j), i != j, of neighbouring coefficients."""
    top = int(degrees.max())

    def place(l: NDArray[np.int64], m: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.asarray(l * l + l + m)

    here = np.arange(degrees.size)
    for step in (1, 2):
        fits = degrees + step <= top
        yield f"l with l + {step}", (here[fits], place(degrees[fits] + step, orders[fits]))
    fits = orders > 0
    yield "cosine with sine", (here[fits], place(degrees[fits], -orders[fits]))
    fits = orders < degrees
    yield "m with m + 1", (here[fits], place(degrees[fits], orders[fits] + 1))
