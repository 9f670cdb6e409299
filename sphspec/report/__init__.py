"""The report: one PDF with formulas, covariance structure and evidence of a verified study."""

from sphspec.report.build import write_report

__all__ = ["write_report"]
