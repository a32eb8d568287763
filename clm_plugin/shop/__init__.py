"""Floor 1: what the plugin asks of any shop."""
