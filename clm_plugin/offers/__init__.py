"""What we can give: offers, grants of them, codes, reservations, budgets."""
