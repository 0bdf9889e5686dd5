"""Why there is no fix."""


class RefusalError(Exception):
    """There is no fix that is certain to be right; the message says why, as it goes on after "No fix: "."""


class NotBoundError(RefusalError):
    """No bind parameter can stand in a statement, or be passed by a call."""


class SharedError(RefusalError):
    """A text is used in more than one place, each of which may be a call that sends it."""
