"""Numbers and durations: what they mean where they stand, and which of them nothing explains."""
