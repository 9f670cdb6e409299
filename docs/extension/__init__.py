"""What this site adds to Sphinx: formulas, proofs, figures, reference and commands from the package."""
