"""Shopify: its sandbox against the recordings and the vendor, its provider against the sandbox."""
