"""The SQL that a program sends: which calls send it, and where each value stands in it."""
