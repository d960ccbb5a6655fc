"""Mapping files of Amazon products: read, put into slots, and written down as `desired/images/`.

`reading` knows the two shapes of the files, `slots` which image goes where, `documents` how the
intents come about without touching what people wrote around them.
"""
