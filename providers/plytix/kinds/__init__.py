"""The sorts of things of a Plytix account, one file each."""
