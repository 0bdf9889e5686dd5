"""Rules about the comments that suppress other rules; `persistlint.suppression` runs them."""
