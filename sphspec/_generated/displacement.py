"""Generated from derivations; do not edit.

Derivations: displacement
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

Value = Any  # a number or an array; arguments are broadcast

__all__ = ["downwards"]


def downwards(
    up_left: Value,
    inverse_left: Value,
    up_right: Value,
    down_right: Value,
    below: Value,
    right: Value,
    left: Value,
) -> Value:
    r"""Return C_(l-1,l') from its three neighbours; C_(l,l'-1) with the sides exchanged.

    .. math::
        inverse_{left} \left(- below up_{left} + down_{right} left + right up_{right}\right)

    Parameters
    ----------
    up_left
        A_(l+1) of m
    inverse_left
        1 / A_l of m
    up_right
        A_(l'+1) of m'
    down_right
        A_l' of m'
    below
        C_(l+1,l')
    right
        C_(l,l'+1)
    left
        C_(l,l'-1)

    Notes
    -----
    Derivation: displacement
    Fingerprint: 0.724024039989208331109496764733
    """
    return inverse_left * (-below * up_left + down_right * left + right * up_right)
