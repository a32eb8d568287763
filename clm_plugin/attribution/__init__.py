"""Floor 9: what came of it."""
