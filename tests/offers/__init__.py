"""Offers: plans, grants, codes, limits, stacking."""
