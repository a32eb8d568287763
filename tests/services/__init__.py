"""Real servers and processes for tests: PostgreSQL, Valkey, workers, mail, browser."""
