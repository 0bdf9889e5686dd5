"""What people configure: the files that say so, their keys, and what of it holds for a path."""
