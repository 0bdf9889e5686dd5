"""Values and names that cannot be bound: quoted by the driver, made numbers, or held against a list."""
