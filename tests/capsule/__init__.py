"""Capsules: state, ladder, steps and what may be written."""
