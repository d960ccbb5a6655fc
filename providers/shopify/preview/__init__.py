"""Which products a change of a collection brings in and takes out, worked out before it is made."""
