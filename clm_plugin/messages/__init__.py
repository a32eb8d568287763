"""Floor 8: mail."""
