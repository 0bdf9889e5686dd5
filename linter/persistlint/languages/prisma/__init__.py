"""Prisma: the schemas that Prisma makes tables and a client from."""

from persistlint.languages import Language

LANGUAGE = Language(name="prisma", suffixes=(".prisma",), comment="//", libraries="", grammars={})
