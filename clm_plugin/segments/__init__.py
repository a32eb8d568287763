"""Floor 5: which groups they belong to."""
