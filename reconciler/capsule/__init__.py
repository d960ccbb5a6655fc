"""Capsules: product state, what was seen live, what may be written, and what people are asked.

Pure: it knows files' contents and live products that are handed in, no platform and no disk.
"""
