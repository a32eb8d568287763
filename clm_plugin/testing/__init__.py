"""For hosts: what you test your own shop with."""
