"""Queries that are put together in steps: their values are gathered beside the text."""
