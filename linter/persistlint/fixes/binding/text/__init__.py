"""The text of a query as it stands in the source: its characters, its values, and where both come from."""
