"""Floor 2: what happened."""
