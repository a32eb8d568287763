"""What they hold: a double-entry ledger of dated store credit, and the programmes that earn it."""
