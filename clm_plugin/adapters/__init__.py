"""Edge: shops and other sources, each translated to our words."""
