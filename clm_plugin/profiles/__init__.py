"""Floor 3: who it is."""
