"""What people write under `desired/`, one module a kind of document."""
