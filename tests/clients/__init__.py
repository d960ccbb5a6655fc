"""Clients that nobody here wrote, against sandboxes as `planogram sandbox serve` serves them."""
