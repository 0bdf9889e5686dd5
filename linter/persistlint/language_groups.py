"""The languages that facts and rules are about, by what is written in them. Who asks for them alone loads no facts."""

from __future__ import annotations

PROGRAMS = ("python", "javascript", "typescript", "go")
# The languages that migrations are written in.
SCHEMA_LANGUAGES = ("sql", "python", "javascript", "typescript")
# Those with the ones that only say what tables are like in the end.
DECLARING = (*SCHEMA_LANGUAGES, "prisma")
# Those that models are written in.
MODELLING = ("python", "javascript", "typescript", "go", "prisma")
# Those of migrations that send queries as well.
EVERYWHERE = (*SCHEMA_LANGUAGES, "go")
