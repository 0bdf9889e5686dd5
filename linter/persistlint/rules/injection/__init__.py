"""Values and names that become part of SQL text."""
