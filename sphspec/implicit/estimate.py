"""A number and how far it may be from the truth."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A value with an error: the truth is claimed to be within value -+ error.

    Attributes
    ----------
    value, error : in the same unit; what the error covers is said where it comes from
    """

    value: float
    error: float

    def covers(self, truth: float) -> bool:
        """Tell whether a number is within the error."""
        return abs(truth - self.value) <= self.error
