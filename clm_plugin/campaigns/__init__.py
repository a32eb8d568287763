"""Floor 7: what we decide to do."""
