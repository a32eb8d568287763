"""The plugin in a shop that has never seen it: a plain Oscar project and the README's lines."""
