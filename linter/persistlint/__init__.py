"""persistlint: a linter for the persistence layer, where application code meets a database."""
