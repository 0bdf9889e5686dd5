"""What persistlint should know of Acme's code."""
