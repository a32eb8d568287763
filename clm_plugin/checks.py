"""System checks: what a host got wrong, with an id and a hint each."""
