"""Statements of SQL files, read into the changes that they make: `schema/changes.py`.

Reading goes by tokens, alike for PostgreSQL, MySQL and SQLite: the parts of DDL that matter begin with words that no
dialect uses for anything else. What is not understood is left out, and a statement of which nothing is understood makes
no change.
"""
