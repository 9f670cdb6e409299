"""Generated from derivations; do not edit.

Derivations: divergence
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

from sphspec import _arrays as xp

Value = Any  # a number or an array; arguments are broadcast

__all__ = ["divergence"]


def divergence(ratio: Value) -> Value:
    r"""Return the eigenvalue's share of the divergence in nats.

    .. math::
        \frac{ratio}{2} - \frac{\log{\left(ratio \right)}}{2} - \frac{1}{2}

    Parameters
    ----------
    ratio
        eigenvalue of Sigma over c

    Notes
    -----
    Derivation: divergence
    Fingerprint: 0.0319761754989139692162019288512
    """
    return 1 / 2 * ratio - 1 / 2 * xp.log(ratio) - 1 / 2
