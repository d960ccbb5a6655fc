"""A plan and its outcomes for people and programs. Imports the model only."""
