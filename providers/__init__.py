"""Platforms: one folder each, alike inside, strangers to one another."""
