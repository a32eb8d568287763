"""Prepared data of the demo shop: what is sold, and the real baskets it was sold in."""
