"""Floor 6: what they say when asked."""
