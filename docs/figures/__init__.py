"""Figures of the documentation: one script each, `draw()` returns the SVG with caption and alternative text."""
