"""The nouns. No input or output, and no import from the floors above."""
