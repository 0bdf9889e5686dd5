"""The tables of a project, from its migrations, its models and its own DDL, and where these differ."""
