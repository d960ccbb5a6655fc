"""How a workflow file is carried out: the parts of the runner, one noun a module."""
