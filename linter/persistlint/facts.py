"""What a file does with databases, in the field's words. Only frozen dataclasses; `analysis/` makes them.

A rule subscribes to one kind of fact. Facts speak of every language alike, so a rule is written once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TYPE_CHECKING

from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.libraries import Library


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a file does at one place."""

    range: Range


# The languages that migrations are written in.
SCHEMA_LANGUAGES = ("sql", "python", "javascript", "typescript")


@dataclass(frozen=True)
class SchemaFile(Fact):
    """A file that makes or changes the tables of a database, as a whole: SQL, or a migration that is written in a
    program. What there is to know of it stands in `schema.script.Script`, which a run without one does not import."""


class Context(Enum):
    """Where in the SQL grammar a hole stands."""

    VALUE = "value"
    QUOTED = "quoted value"
    PART = "part of a quoted value"
    LIST = "list of values"
    IDENTIFIER = "identifier"
    KEYWORD = "keyword"
    FRAGMENT = "fragment"

    @property
    def is_value(self) -> bool:
        """Whether a bind parameter can stand here."""
        return self in (Context.VALUE, Context.QUOTED, Context.PART, Context.LIST)


class Origin(IntEnum):
    """What is known of a value, from harmless to hostile; the larger one wins where two meet.

    `CONSTANT` stands in the program, `NUMBER` has a type without SQL metacharacters, `CHECKED` was tested against an
    allow-list, `QUOTED` comes out of a quoting function, `BOUND` travels as a bind parameter. `METADATA` is a
    constant of another module or of a model, `DERIVED` what a function of another module gives for constants,
    `ANNOTATED` is declared as a number and trusted to be one,
    `ENVIRONMENT` comes from environment variables. `UNKNOWN`, `PARAMETER` (of the function) and `REQUEST` (data
    from outside) can hold anything.
    """

    CONSTANT = 0
    NUMBER = 1
    CHECKED = 2
    QUOTED = 3
    BOUND = 4
    METADATA = 5
    DERIVED = 6
    ANNOTATED = 7
    ENVIRONMENT = 8
    UNKNOWN = 9
    PARAMETER = 10
    REQUEST = 11


class Tail(Enum):
    """What becomes of the statements behind the first of a text that is sent in one call."""

    UNKNOWN = "unknown"
    RUN = "run"
    REFUSED = "refused"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Hole:
    """One value that becomes part of SQL text.

    `range` is the interpolated expression in the file, `expression` its text. `template` is the whole expression
    that splices it in (the f-string, the `+` chain, the call of a builder). `excerpt` shows the SQL around it.
    """

    range: Range
    expression: str
    template: Range
    origin: Origin
    context: Context
    excerpt: str


@dataclass(frozen=True, slots=True)
class Text:
    """SQL as far as the file tells: constant parts and holes, in order. Where the text depends on a branch, one of
    the possible texts."""

    parts: tuple[str | Hole, ...]

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The holes, in order."""
        return tuple(part for part in self.parts if isinstance(part, Hole))


@dataclass(frozen=True, slots=True)
class SqlText(Fact):
    """SQL that code puts together. `range` is the expression, `name` what it is stored or returned under.

    `texts` are the texts that it may be: one, or one per branch that leads here. As it is, this fact is a text that
    reads as SQL and reaches no call in the file; what does is a `Query`.
    """

    name: str
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Query(SqlText):
    """A call that sends SQL. `range` is the call, `name` the method as written, `sql` the argument that is the SQL,
    `handle` the text of the receiver.

    `library` is None where only names tell that this is a database call. `is_fragment` where the text is a piece of a
    statement, `is_raw` for an escape hatch (`sql.raw`, `literal`), whose argument is spliced into a larger query.
    `has_parameters` tells whether the call has other arguments than the SQL, where bound values would be. `clause` is
    what a fragment is a piece of, "" for a whole statement. `statements` counts the statements of the longest of its
    texts, `tail` is what the call does with all but the first.
    """

    sql: Range
    library: Library | None
    handle: str
    is_fragment: bool = False
    is_raw: bool = False
    has_parameters: bool = False
    clause: str = ""
    statements: int = 1
    tail: Tail = Tail.UNKNOWN


class Role(Enum):
    """What a statement that is sent through a handle belongs to.

    `POOL`: each statement may run on another connection and commits at once. `CONNECTION`: one connection that commits
    at once. `IMPLICIT`: one connection whose driver opens a transaction by itself. `SESSION`: a unit of work that
    sends what is pending in one transaction. `TRANSACTION`: inside one. `INSTANCE`: a row as an object.
    """

    POOL = "pool"
    CONNECTION = "connection"
    IMPLICIT = "implicit"
    SESSION = "session"
    TRANSACTION = "transaction"
    INSTANCE = "instance"


@dataclass(frozen=True, slots=True)
class Handle:
    """The object through which code reaches a database: a pool, a connection, a session, a transaction.

    `name` is its text in the file, `origin` the offset of what declares it, so that two variables of one name differ;
    -1 for a name that the function does not declare. `library` is None where only names tell that it is a database.
    `declared` where its type, its constructor or its library is known, and not only its name. `owned` where the
    function makes it itself.
    """

    name: str
    role: Role
    library: Library | None
    origin: int = -1
    declared: bool = False
    owned: bool = False

    def is_same(self, other: Handle) -> bool:
        """Whether both are one variable."""
        return self.name == other.name and self.origin == other.origin


class EffectKind(Enum):
    """What a call does to a database."""

    READ = "read"
    WRITE = "write"
    PENDING = "pending"
    SCHEMA = "schema"
    BEGIN = "begin"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    SAVEPOINT = "savepoint"
    ACQUIRE = "acquire"
    RELEASE = "release"
    EXTERNAL = "external"
    OTHER = "other"


class Use(Enum):
    """What becomes of the result of a call. `DROPPED`: nothing, and nobody waits for it; `DISCARDED`: it is waited for
    and dropped; `CHECKED`: it is tested, or its error is taken."""

    DROPPED = "dropped"
    DISCARDED = "discarded"
    AWAITED = "awaited"
    RETURNED = "returned"
    CHECKED = "checked"
    KEPT = "kept"


class Part(Enum):
    """The part of a `try` that something stands in; `GUARDED` is a body that no handler follows."""

    BODY = "body"
    HANDLER = "handler"
    FINAL = "final"
    GUARDED = "guarded"


@dataclass(frozen=True, slots=True)
class Arm:
    """One way at a branch of the program: `branch` tells branches apart, `way` the ways of one. `ends` where the way
    does not come back: it returns, raises or leaves the loop."""

    branch: int
    way: int
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a function something happens: the branches, loops and `try` statements around it, outermost first."""

    arms: tuple[Arm, ...] = ()
    loops: tuple[int, ...] = ()
    tries: tuple[tuple[int, Part], ...] = ()

    def excludes(self, later: Place) -> bool:
        """Whether no run of the function comes to this place and then to the later one."""
        others = {arm.branch: arm for arm in later.arms}
        for arm in self.arms:
            other = others.get(arm.branch)
            if other is None and arm.ends and not set(self.loops).intersection(later.loops):
                return True
            if other is not None and other.way != arm.way:
                return True
        return False

    def dominates(self, later: Place) -> bool:
        """Whether every run that comes to the later place came by this one, if it stands before it."""
        return self.arms == later.arms[: len(self.arms)]

    def around(self, inner: Place) -> Place:
        """A place inside of this one."""
        return Place((*self.arms, *inner.arms), (*self.loops, *inner.loops), (*self.tries, *inner.tries))

    def is_in(self, part: Part) -> bool:
        """Whether it stands in that part of any `try`."""
        return any(found is part for _, found in self.tries)


class Scoping(Enum):
    """How a transaction is opened."""

    CALLBACK = "callback"
    CONTEXT = "context"
    DECORATOR = "decorator"
    MANUAL = "manual"
    ARRAY = "array"
    PARAMETER = "parameter"


@dataclass(frozen=True, slots=True)
class Transaction(Fact):
    """A scope in which effects are atomic. `range` is what opens it.

    `opener` is the handle it was opened on, `handle` the one that belongs to it, None where the library finds the open
    transaction by itself. `is_async` tells of a callback. `nested_in` is the range of the transaction around it.
    `leak` is a place where the function is left with the transaction neither committed nor rolled back, `unchecked` a
    commit whose error nobody looks at, `early` a deferred rollback that stands before the test of the error of its
    begin. `is_savepoint` where it nests in the one around it. `options` is the text of what it is opened with.
    """

    scoping: Scoping
    opener: Handle
    handle: Handle | None
    method: str
    is_async: bool = False
    nested_in: Range | None = None
    is_savepoint: bool = False
    passes_parent: bool = False
    commits: bool = False
    leak: Range | None = None
    unchecked: Range | None = None
    early: Range | None = None


@dataclass(frozen=True, slots=True)
class Effect(Fact):
    """One access to a database, or one effect outside that no rollback takes back, in program order.

    `range` is the whole call; `method` and `table` as written, "" where nothing tells. `transaction` is the range of
    the innermost transaction that it stands in, `is_bound` whether it belongs to that. `names` are the variables that
    its arguments mention, and those that went into them. `via` is the function of this file that does it, where it is
    called from here. `is_parallel` inside `Promise.all` and its kin, `is_detached` in a callback that nobody waits
    for. `is_upsert` where it may run twice. `lock` where it locks what it reads. `options` is the index of the argument
    in which the library looks for the transaction, `misplaced` an argument that names it elsewhere. `instance` is the
    variable of the row that is saved, or that holds what a write gave. `sql` is the statement, as far as it is known.
    """

    kind: EffectKind
    handle: Handle
    method: str
    table: str
    place: Place
    use: Use
    transaction: Range | None = None
    is_bound: bool = True
    names: frozenset[str] = frozenset()
    via: str = ""
    is_parallel: bool = False
    is_detached: bool = False
    is_upsert: bool = False
    lock: bool = False
    options: int | None = None
    misplaced: Range | None = None
    instance: str = ""
    sql: str = ""


@dataclass(frozen=True, slots=True)
class Procedure(Fact):
    """What one function does with databases. `effects` are in program order, those of helpers of the same file
    included; `receives` is the role of a handle that it is given, None where it is given none. `is_called_inside`
    where this file calls it inside a transaction, `may_run_inside` where another file may: it is no view, task or
    command, and its file opens transactions elsewhere."""

    name: str
    effects: tuple[Effect, ...]
    transactions: tuple[Transaction, ...]
    receives: Role | None = None
    is_called_inside: bool = False
    may_run_inside: bool = False
    is_async: bool = False


@dataclass(frozen=True, slots=True)
class WriteBack(Fact):
    """A column that is set to what was computed from the value read before. `range` is the write, `column` the column
    or attribute, `read` the call that read it, `is_locked` where something keeps others from writing in between."""

    column: str
    read: Range
    is_locked: bool
    in_transaction: bool


@dataclass(frozen=True, slots=True)
class Handled(Fact):
    """A `try` whose handler takes errors of a database, or Go's `if err != nil` behind a call.

    `range` is the handler, or the test. `effects` are those that may fail in it. `raises` where the handler raises or
    hands the error on, `answers` where it returns something, `undoes` where it rolls back, `only_logs` where it does
    nothing else, `is_narrow` where it takes one kind of error and not every, `is_explained` where a comment in it says
    why. `size` counts the statements that may fail. `transaction` is the range of the one that the whole `try` stands
    in.
    """

    effects: tuple[Effect, ...]
    raises: bool
    answers: bool
    undoes: bool
    only_logs: bool
    is_narrow: bool
    is_explained: bool
    size: int
    transaction: Range | None = None


def swallowed_change(range: Range, role: Role, sql: str) -> Handled:
    """A change of the schema of which every error is dropped."""
    effect = Effect(range, EffectKind.SCHEMA, Handle("", role, None), "", "", Place(), Use.DISCARDED, sql=sql)
    return Handled(
        range,
        (effect,),
        raises=False,
        answers=False,
        undoes=False,
        only_logs=True,
        is_narrow=False,
        is_explained=False,
        size=1,
    )


@dataclass(frozen=True, slots=True)
class ErrorAnswer(Fact):
    """A `return` of something that says failure, out of a transaction that commits what `write` wrote before."""

    write: Range
    transaction: Range


@dataclass(frozen=True, slots=True)
class StaleResult(Fact):
    """A variable that is filled inside a transaction which can roll back, and used after it. `range` is what fills
    it first, `name` the variable."""

    name: str
    transaction: Range


@dataclass(frozen=True, slots=True)
class Uncommitted(Fact):
    """Writes on a connection or session that the function makes itself and never commits. `range` is the last."""

    handle: Handle
    made: Range | None


class NumberRole(Enum):
    """What code does with a number."""

    COMPARISON = "comparison"
    REPETITION = "how often a loop runs"
    ARITHMETIC = "arithmetic"
    STEP = "step"
    CASE = "case"
    RESULT = "result"
    ARGUMENT = "argument"


class Quantity(Enum):
    """What a number counts or measures, as far as the names beside it tell."""

    OTHER = "other"
    LENGTH = "length of a text or a collection"
    PARTS = "number of the parts of something, as of a split line"
    BYTES = "length of a buffer"
    LAYOUT = "length of something that has its parts at fixed positions"
    ARITY = "number of arguments or dimensions"
    POSITION = "position in a sequence"
    PIXELS = "position or size on a screen"
    REMAINDER = "remainder"
    BITS = "bits of a number"
    CALENDAR = "part of a date or a time of day"
    ANGLE = "angle or coordinate"
    PERCENT = "percentage"
    CHANCE = "random number"
    CHARACTER = "code of a character"
    VERSION = "version, port or exit code"
    TIME_UNIT = "time in a named unit"
    TIME = "point in time or duration"
    STATUS = "HTTP status code"
    CODE = "code of a kind or a state"


@dataclass(frozen=True, slots=True)
class Number:
    """A number that code decides or computes with, and that nothing beside it explains: no name is given to it, it
    is no position in a sequence, no part of a formula, and no comment follows it.

    `range` is the whole constant expression (`15 * 60`), `value` what it comes to. `subject` is the text that it is
    compared or calculated with, the function that it is passed to, or the one that returns it; `quantity` is what that
    is. `operator` is spelled as if the number stood to its right: `<` for `12 > x`. `name` is a name for a constant,
    spelled as the language does, or "" where no good one is known. `is_unit` where the number is a factor between
    units (60, 1024), `is_converted` where the same function multiplies or divides by what it is made of.
    """

    range: Range
    value: int | float
    role: NumberRole
    operator: str
    subject: str
    quantity: Quantity
    name: str
    is_unit: bool
    is_converted: bool


@dataclass(frozen=True, slots=True)
class Calculation(Fact):
    """The numbers of one expression, in source order. An operand of `and` or `or` is an expression of its own."""

    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Duration(Fact):
    """A time that is given to a function or a field that takes one, where its unit is doubtful.

    `unit` is the unit that its name says, "" for a number without any; `taken` is the unit that `taker` takes it for.
    """

    taker: str
    unit: str
    taken: str


@dataclass(frozen=True, slots=True)
class Fallback(Fact):
    """A text in the code that is used where the environment or the configuration does not have a setting.

    `range` is the text, `setting` the name that is looked up, `value` the text without its quotes. `is_confined`
    where the program takes care that it is used in development only, or compares a setting with it.
    """

    setting: str
    value: str
    is_confined: bool


@dataclass(frozen=True, slots=True)
class MixedResult(Fact):
    """A conditional, or the results of a function, that are text made of a number on one way and a number on another.

    `range` is the conditional, or the expression that makes the text; `text` is that expression, `number` the other
    one. `function` is the name of the function that returns both, "" for a conditional.
    """

    text: Range
    number: Range
    function: str


class JsonOrigin(Enum):
    """Where decoded JSON, or its text, comes from; the value is how a message says it."""

    REQUEST = "the body of a request"
    RESPONSE = "what another service answered"
    MESSAGE = "a message"
    MODEL = "what a language model wrote"
    STORAGE = "what was stored before"
    ROWS = "text from the database"
    COLUMN = "a JSON column"
    ENVIRONMENT = "an environment variable"
    TEXT = "text"
    PARAMETER = "a parameter"
    FILE = "a file"
    PROGRAM = "the program itself"
    UNKNOWN = "a value of unknown origin"

    @property
    def is_trusted(self) -> bool:
        """Whether the developers of the program wrote it, as far as the file tells."""
        return self in (JsonOrigin.FILE, JsonOrigin.PROGRAM)


@dataclass(frozen=True, slots=True)
class JsonFact(Fact):
    """Something that a file does with JSON, or with what came in as JSON."""


@dataclass(frozen=True, slots=True)
class JsonParse(JsonFact):
    """A call that decodes JSON text. `range` is the call, `function` its function as written, `text` the argument.

    `origin` is None where nothing is known of the text. `is_guarded` where a failure is caught, `is_top_level` where
    the program cannot even start with text that is none. `copied` is the value that is decoded out of what was just
    encoded, as a way to copy it."""

    function: str
    text: Range
    origin: JsonOrigin | None
    is_guarded: bool
    is_top_level: bool
    copied: Range | None = None


class HopKind(Enum):
    """How one step into a value is made."""

    KEY = "key"
    INDEX = "index"
    GET = "get"
    MEMBER = "member"
    POINTER = "pointer"


@dataclass(frozen=True, slots=True)
class JsonHop:
    """One step into decoded JSON. `range` is the step alone, with its dot or brackets: `.a`, `["a"]`, `[0]`,
    `.get("a")`. `name` is the key, or "" for one that is computed.

    `is_checked` where something says what happens when it is not there: a test, `?.`, a default, a handler.
    `can_fail` where the step itself stops the program if what stands before it, or the element itself, is not there.
    `cause` is the kind of the unchecked step, this one or the one before, that is to blame for it."""

    range: Range
    name: str
    kind: HopKind
    is_checked: bool
    can_fail: bool
    cause: HopKind | None = None


@dataclass(frozen=True, slots=True)
class JsonAccess(JsonFact):
    """The longest chain of steps into one value. `range` is the chain, `root` what it starts from: a variable, or
    the call that decodes, where `is_direct`. A pattern that takes a value apart has its own range and its target."""

    root: Range
    origin: JsonOrigin
    is_direct: bool
    hops: tuple[JsonHop, ...]

    def through(self, hop: JsonHop) -> Range:
        """The part that a step leads to."""
        return Range(self.range.start, hop.range.end)

    def before(self, hop: JsonHop) -> Range:
        """The part that a step starts from; the step itself where that is a pattern."""
        return Range(self.range.start, hop.range.start) if hop.range.start > self.range.start else hop.range

    @property
    def failing(self) -> tuple[JsonHop, ...]:
        """The steps that can stop the program."""
        return tuple(hop for hop in self.hops if hop.can_fail)


@dataclass(frozen=True, slots=True)
class JsonKeys(JsonFact):
    """The keys that one line takes from a body with nothing that says what a missing one means. `range` is the first
    access."""

    keys: tuple[str, ...]
    origin: JsonOrigin


@dataclass(frozen=True, slots=True)
class JsonAssertion(JsonFact):
    """A type assertion of Go on decoded JSON that panics where the type is another. `value` is the operand."""

    value: Range
    type: str


@dataclass(frozen=True, slots=True)
class JsonErrorIgnored(JsonFact):
    """A call of Go whose error nothing looks at, or not in time. `range` is the call, `function` its function as
    written, which encodes or else decodes; `used` is where the result is used before the error is looked at."""

    function: str
    encodes: bool
    used: Range | None


@dataclass(frozen=True, slots=True)
class JsonResponse(JsonFact):
    """A response that is decoded in a function that never looks at its status. `range` is the call that decodes,
    `request` the call that the response came from."""

    request: Range


@dataclass(frozen=True, slots=True)
class JsonEncode(JsonFact):
    """A call that encodes a value, with a part of it that JSON cannot hold. `range` is the call, `function` its name as
    written, `part` that part; `kind` says what it is, `becomes` what is made of it, "" where encoding fails."""

    function: str
    part: Range
    kind: str
    becomes: str


@dataclass(frozen=True, slots=True)
class JsonCast(JsonFact):
    """A piece of SQL that takes text out of JSON and makes another type of it. `expression` is the text that is cast,
    `type` what it becomes, or "array" where a function takes arrays alone. `becomes` is what is made of text that is no
    such value, "" where it stops the statement."""

    expression: str
    type: str
    becomes: str


@dataclass(frozen=True, slots=True)
class JsonShape(JsonFact):
    """Decoded JSON that is declared to be of a type, with nothing that looks whether it is."""

    type: str
    origin: JsonOrigin


@dataclass(frozen=True, slots=True)
class Revision(Fact):
    """A revision of Alembic among those of its project. `range` is its id, `parents` what it comes after.

    `unknown` are parents that no file has, with their places. `twin` is the path of an earlier file with the same id,
    "" where there is none. `rivals` are the ids of other heads that come first, where nothing says that there are to be
    several.
    """

    id: str
    parents: Range
    unknown: tuple[tuple[str, Range], ...] = ()
    twin: str = ""
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Synchronisation(Fact):
    """Where a program brings its database in line with its models. `has_migrations` where the project has some as well,
    `changes` where tables that are there are changed or made anew, and not only missing ones made."""

    library: str
    has_migrations: bool
    changes: bool


class Loss(Enum):
    """How nobody hears of the failure of a command."""

    CONTINUED = "it goes on and succeeds"
    REPLACED = "what stands behind `||` succeeds"
    UNCHECKED = "nobody looks at its status"
    PIPED = "only the end of a pipe counts"


@dataclass(frozen=True, slots=True)
class Launch(Fact):
    """A command of a shell script that changes a database, and whose failure is lost. `tool` is what it runs; `client`
    is where the name of a client stands that would stop at an error if it was told so."""

    tool: str
    loss: Loss
    client: Range | None = None


class SuppressionDefect(Enum):
    """Why a suppression does nothing."""

    UNUSED = "unused"
    UNKNOWN = "unknown"
    EMPTY = "empty"
    MISPLACED = "misplaced"


@dataclass(frozen=True, slots=True)
class Suppression(Fact):
    """A comment `persistlint: ignore[…]`, or one name in it, that does nothing.

    `range` is the name, or the whole comment where that is the matter; `name` is "" for the whole comment.
    `suggestion` is a known name that is spelled like it, or "". `removal` is what to delete to be rid of it.
    """

    name: str
    defect: SuppressionDefect
    removal: Range
    suggestion: str = ""
