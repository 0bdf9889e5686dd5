"""A run over many files: which they are, who checks them, what is known of them from before, and what is left out."""
