"""Floor 5: what fits together."""
