"""What a command can come to: its exit status, or an error in how it was used."""

from __future__ import annotations

CLEAN, FOUND, FAILED, INTERRUPTED, NOBODY_READS = 0, 1, 2, 130, 141


class UsageError(Exception):
    """The arguments do not go together, or name something that does not exist."""
