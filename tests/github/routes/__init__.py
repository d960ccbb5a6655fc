"""What each operation does: one module a subject, one function an operation."""
