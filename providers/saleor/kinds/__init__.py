"""The kinds of Saleor, one module each."""
