"""Why nothing is bound."""

from persistlint.fixes.refusal import RefusalError as RefusalError


class NotBoundError(RefusalError):
    """No bind parameter can stand in a statement, or be passed by a call."""


class SharedError(RefusalError):
    """A text is used in more than one place, each of which may be a call that sends it."""
