"""Floor 10: what we learn."""
