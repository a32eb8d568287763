"""Floor 5: which variant."""
