"""Floor 8: on-site delivery."""
