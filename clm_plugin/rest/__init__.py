"""Edge: HTTP. The hot public endpoints (collect, decide) and their neighbours are plain Django."""
