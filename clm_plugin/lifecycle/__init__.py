"""Floor 4: where they are."""
