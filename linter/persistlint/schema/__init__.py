"""Databases as their migrations define and change them: only dataclasses and what follows from them.

Nothing here knows how SQL is written: `sql/ddl` reads it, and other ways to write a migration can come to the same.
"""
