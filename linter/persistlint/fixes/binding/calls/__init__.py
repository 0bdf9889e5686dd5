"""The calls that send a query: where they take its values, and the functions of the file in between."""
