"""Records as the JSON that GitHub answers. Each module makes the shapes of one subject."""
