"""Why nothing is bound."""

from persistlint.fixes.refusal import RefusalError as RefusalError

ELSEWHERE = "the call passes values already, in a list that is put together elsewhere"
IN_A_BRANCH = "the SQL is put together in a branch that does not always run before the call"


class NotBoundError(RefusalError):
    """No bind parameter can stand in a statement, or be passed by a call."""


class SharedError(RefusalError):
    """A text is used in more than one place, each of which may be a call that sends it."""


class AmbiguousError(RefusalError):
    """A variable gets its text in several places, and nothing tells which of them is sent."""

    def __init__(self, name: str) -> None:
        super().__init__(f"`{name}` gets its text in several places, and nothing tells which of them is sent")
