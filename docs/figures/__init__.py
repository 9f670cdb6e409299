"""Figures of the documentation: one script each, `draw()` gives SVG, caption and alternative text."""
