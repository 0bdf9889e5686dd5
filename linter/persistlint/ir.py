"""The language-neutral program: what a piece of Python, JavaScript, TypeScript, Go or procedural SQL does.

`languages/<l>/lower.py` makes it from a syntax tree; `analysis/` reads it. It knows nothing of databases, and the
analysis knows nothing of syntax. Every node carries its byte range in the source file. Operators and names are
spelled alike for all languages, as the docstrings below say.

A lowering never fails: what has no word here, or is broken, becomes `Unknown` with the operands that were found.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from persistlint.source import Range

# --------------------------------------------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Expression:
    """Something that has a value."""

    range: Range

    def __hash__(self) -> int:
        return hash((self.range.start, self.range.end))  # to go through all that a class holds takes long


@dataclass(frozen=True, slots=True)
class String(Expression):
    """A string constant. `value` has its escapes resolved; adjacent literals are one. `content` is the range
    between the quotes where that is one stretch of source, else the whole range."""

    value: str
    content: Range


@dataclass(frozen=True, slots=True)
class Number(Expression):
    """A numeric constant; `text` as written. `value` is None where Python cannot hold it."""

    text: str
    value: int | float | None


@dataclass(frozen=True, slots=True)
class Constant(Expression):
    """`True`, `False` or `None` (also null, undefined, nil)."""

    value: bool | None


@dataclass(frozen=True, slots=True)
class Template(Expression):
    """A literal with holes: f-string or template literal. `parts` alternate freely between text and holes;
    `prefix` is what stands before the quotes, lower case (`f`, `rf`, `t` for a PEP 750 template)."""

    parts: tuple[String | Hole, ...]
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Hole(Expression):
    """One interpolated expression of a template; its range holds the braces too. `format` is Python's format spec as
    written, without the colon."""

    value: Expression
    conversion: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True)
class Name(Expression):
    """A plain variable. `self`, `cls`, `this` and a Go receiver keep their own names."""

    id: str


@dataclass(frozen=True, slots=True)
class Attribute(Expression):
    """`value.name`; `optional` for `?.`. Go's package members are attributes of the package's name."""

    value: Expression
    name: str
    name_range: Range
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Subscript(Expression):
    """`value[index]`; `optional` for `?.[`. A slice has `Unknown` as its index."""

    value: Expression
    index: Expression
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call. `keyword` for Python's `name=value`; `spread` for `*x`, `**x`, `...x`."""

    range: Range
    value: Expression
    keyword: str | None = None
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """`function(arguments)`. `new` for JavaScript's `new`. Go conversions and `make(…)` are calls too."""

    function: Expression
    arguments: tuple[Argument, ...]
    new: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class TaggedTemplate(Expression):
    """JavaScript's ``tag`…` ``. Type arguments between tag and template are dropped."""

    tag: Expression
    template: Template | String


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """`left operator right`: arithmetic, comparison and logic alike.

    Operators: `+ - * / // % ** @ & | ^ << >>`, `== != < <= > >=`, `in`, `not in`, `is`, `is not`, `instanceof`,
    `and`, `or`, `??`. JavaScript's `===` and `!==` are `==` and `!=`, `&&` and `||` are `and` and `or`, also in Go;
    a chained comparison is a chain of `and`; SQL's `||` is `+`. Longer chains of one operator lean to the left.
    """

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    """`operator operand`. Operators: `not`, `-`, `+`, `~`, `&` (Go address), `*` (Go indirection), `typeof`,
    `void`, `delete`, `++`, `--`."""

    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Conditional(Expression):
    """`then if test else otherwise`, `test ? then : otherwise`, and `CASE WHEN` one arm at a time."""

    test: Expression
    then: Expression
    otherwise: Expression


class Sequence(Enum):
    """The kinds of `Collection`."""

    LIST = "list"
    TUPLE = "tuple"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Collection(Expression):
    """A list, tuple, set or array literal; a Go composite literal without keys. `type` is a Go type, as written."""

    kind: Sequence
    elements: tuple[Expression, ...]
    type: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """`key: value` of a mapping. The key of an object or struct literal is a `String`; a spread has key None."""

    range: Range
    key: Expression | None
    value: Expression


@dataclass(frozen=True, slots=True)
class Mapping(Expression):
    """A dict, object or Go map or struct literal. `type` is a Go type, as written (`sq.Eq`, `map[string]string`)."""

    entries: tuple[Entry, ...]
    type: str = ""


@dataclass(frozen=True, slots=True)
class Comprehension(Expression):
    """`[element for target in iterable if condition]`, a set, dict or generator alike; of a dict comprehension the
    `element` is the value and `key` the key."""

    element: Expression
    target: Expression
    iterable: Expression
    conditions: tuple[Expression, ...]
    key: Expression | None = None
    kind: Sequence = Sequence.LIST


@dataclass(frozen=True, slots=True)
class Lambda(Expression):
    """A function as a value: lambda, arrow function, function expression, Go function literal."""

    function: Function


@dataclass(frozen=True, slots=True)
class Await(Expression):
    """`await value`."""

    value: Expression


@dataclass(frozen=True, slots=True)
class Yield(Expression):
    """`yield value`, `yield from value`."""

    value: Expression | None


@dataclass(frozen=True, slots=True)
class Spread(Expression):
    """`*value` or `...value` inside a collection."""

    value: Expression


@dataclass(frozen=True, slots=True)
class AssignmentExpression(Expression):
    """An assignment used as a value: Python's `:=`, JavaScript's `a = b` inside an expression."""

    target: Expression
    value: Expression
    operator: str = "="


@dataclass(frozen=True, slots=True)
class TypeAssertion(Expression):
    """TypeScript's `value as T`, `<T>value`, `value satisfies T`, `value!` (type "!"); Go's `value.(T)`."""

    value: Expression
    type: str


@dataclass(frozen=True, slots=True)
class Unknown(Expression):
    """Anything else, with the expressions inside it, so that nothing that matters is hidden by it."""

    operands: tuple[Expression, ...] = ()


# ---------------------------------------------------------------------------------------------------- statements


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that is done."""

    range: Range

    def __hash__(self) -> int:
        return hash((self.range.start, self.range.end))  # to go through all that a class holds takes long


Block: TypeAlias = tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class ExpressionStatement(Statement):
    """An expression whose value is dropped."""

    value: Expression


@dataclass(frozen=True, slots=True)
class Assign(Statement):
    """`target = value`, `const target = value`, `target := value`, `target += value`, `x++` (as `x += 1`).

    `operator` is `=` or an operator of `Binary` (for `+=` it is `+`). Destructuring and several targets are a
    `Collection` (or `Mapping` from property name to target) as target. `declares` where the statement makes the
    variable; `constant` where it cannot be assigned again (JavaScript and Go `const`). A declaration without a
    value has value None. `annotation` is the declared type, as written. `decorators` are those of a field of a class,
    and the tag of a Go field as one `String`; they declare, and nothing of what the program does stands in them.
    """

    target: Expression
    value: Expression | None
    operator: str = "="
    declares: bool = False
    constant: bool = False
    annotation: str = ""
    decorators: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class If(Statement):
    """`if`; an `elif` is an `If` alone in `otherwise`. Go's init statement is put before the `If` in its block."""

    test: Expression
    then: Block
    otherwise: Block = ()


@dataclass(frozen=True, slots=True)
class Loop(Statement):
    """Every loop. `for x in xs`: `target` and `iterable`, where Go's `for i, x := range xs` has a two-element
    `Collection` as target and so has `for i, x in enumerate(xs)` as written. `while`: `test`. Three-part `for`: its
    init stands before the loop, its update at the end of `body`. `otherwise` is Python's `else`."""

    target: Expression | None
    iterable: Expression | None
    test: Expression | None
    body: Block
    otherwise: Block = ()
    is_async: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One arm of a `Switch`. `values` is empty for the default. `falls_through` where the next arm runs too."""

    range: Range
    values: tuple[Expression, ...]
    body: Block
    falls_through: bool = False


@dataclass(frozen=True, slots=True)
class Switch(Statement):
    """`switch`, Python's `match`, procedural `CASE`. `subject` is None for Go's `switch { case a > b: }`. A `break`
    that only ends an arm is left out."""

    subject: Expression | None
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Handler:
    """`except type as name`, `catch (name)`, `EXCEPTION WHEN type`. `types` as written, empty if it catches all."""

    range: Range
    types: tuple[str, ...]
    name: str | None
    body: Block


@dataclass(frozen=True, slots=True)
class Try(Statement):
    """`try` in every language. `otherwise` is Python's `else`."""

    body: Block
    handlers: tuple[Handler, ...] = ()
    otherwise: Block = ()
    final: Block = ()


@dataclass(frozen=True, slots=True)
class With(Statement):
    """Python's `with context as target`; one item each, several items nest. `using` declarations are assignments."""

    context: Expression
    target: Expression | None
    body: Block
    is_async: bool = False


@dataclass(frozen=True, slots=True)
class Return(Statement):
    """`return value`. Several Go values are a tuple `Collection`. The body of an arrow function without braces is
    one `Return`."""

    value: Expression | None


@dataclass(frozen=True, slots=True)
class Raise(Statement):
    """`raise`, `throw`, `RAISE EXCEPTION`; `panic(…)`, `log.Fatal(…)`, `os.Exit(…)` and `sys.exit(…)` stay calls."""

    value: Expression | None


@dataclass(frozen=True, slots=True)
class Jump(Statement):
    """`break`, `continue` or `goto`, with its label."""

    kind: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Assert(Statement):
    """Python's `assert`."""

    test: Expression


@dataclass(frozen=True, slots=True)
class Defer(Statement):
    """Go's `defer` and `go`; `kind` says which."""

    call: Expression
    kind: str = "defer"


@dataclass(frozen=True, slots=True)
class Import(Statement):
    """What one name of a file stands for. `module` is the import path as written; `member` the name inside it, or
    None where the local name stands for the module itself (also a default import and `const x = require("m")`).
    `local` is "*" for `from m import *`. A statement that binds several names is several `Import`s."""

    module: str
    member: str | None
    local: str


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Statement):
    """`def`, `function`, `func`, a method, a stored procedure."""

    function: Function


@dataclass(frozen=True, slots=True, eq=False)
class ClassDefinition(Statement):
    """A class, a Go struct (its fields are declarations in `body`, as are methods with that receiver wherever they
    stand in the file), a TypeScript enum (`is_enum`, members are assignments) or interface.

    `fields` maps a field to its declared type as written: annotations in the class body, TypeScript parameter
    properties, Go struct fields. `options` are Python's `name=value` behind the bases.
    """

    name: str
    name_range: Range
    bases: tuple[str, ...]
    body: Block
    fields: tuple[tuple[str, str], ...] = ()
    is_enum: bool = False
    decorators: tuple[Expression, ...] = ()
    options: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class Nested(Statement):
    """A bare block `{ … }`, a labelled statement, or statements that belong together for another reason."""

    body: Block


# ----------------------------------------------------------------------------------------------------- functions


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `annotation` is its declared type as written. A destructured parameter has name "" and its
    pattern in `pattern`. `kind`: `positional`, `rest` (`*args`, `...args`), `keywords` (`**kwargs`)."""

    range: Range
    name: str
    annotation: str = ""
    default: Expression | None = None
    kind: str = "positional"
    pattern: Expression | None = None


@dataclass(eq=False)
class Function:
    """A function of any kind. Its parameters and its body are lowered when they are first asked for, so that a file
    costs what is looked at. Identity, not content, tells two functions apart.

    `name` is "" for an anonymous one, except that `const f = () => …`, `f: function …`, `exports.f = …` and class
    fields give theirs. `owner` is the class it is a method of, `receiver` the name under which it sees its object
    (`self`, `this`, a Go receiver), which is none of the `parameters`. `exported` tells whether code outside the file
    can call it: in Python names without a leading underscore, unless they are local to a function, in JavaScript what
    is exported and methods of exported classes, in Go capitals. `body_start` is where the defaults of its parameters
    end, 0 where the language has none.
    """

    range: Range
    name: str
    name_range: Range
    lower_parameters: Callable[[], tuple[Parameter, ...]] = field(repr=False)
    lower_body: Callable[[], Block] = field(repr=False)
    decorators: tuple[Expression, ...] = ()
    owner: str | None = None
    receiver: str | None = None
    returns: str = ""
    is_async: bool = False
    is_generator: bool = False
    exported: bool = True
    body_start: int = 0

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """What the function is called with."""
        return self.lower_parameters()

    @cached_property
    def body(self) -> Block:
        """The statements of the function."""
        return self.lower_body()


@dataclass(eq=False)
class Module:
    """One file: its top-level statements. The bodies of its functions are lowered when they are asked for."""

    range: Range
    body: Block


# --------------------------------------------------------------------------------------------------------- walks


def children(node: Expression) -> tuple[Expression, ...]:
    """The direct operands of an expression, in source order. A lambda has none."""
    operands = _OPERANDS.get(type(node))
    return operands(node) if operands is not None else ()


def walk(node: Expression) -> Iterator[Expression]:
    """An expression and everything inside it, parents first; the bodies of lambdas are left out."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        operands = _OPERANDS.get(type(current))
        if operands is not None:
            stack.extend(operands(current)[::-1])


def _of_value(node: Any) -> tuple[Expression, ...]:
    return (node.value,)


def _of_call(node: Call) -> tuple[Expression, ...]:
    return (node.function, *[argument.value for argument in node.arguments])


def _of_mapping(node: Mapping) -> tuple[Expression, ...]:
    return tuple([part for entry in node.entries for part in (entry.key, entry.value) if part is not None])


def _of_comprehension(node: Comprehension) -> tuple[Expression, ...]:
    parts = (node.iterable, *node.conditions)
    return (*parts, node.element) if node.key is None else (*parts, node.key, node.element)


# By type, for nothing is asked as often: what is not here has no operands.
_OPERANDS: dict[type[Expression], Callable[[Any], tuple[Expression, ...]]] = {
    Template: lambda node: node.parts,
    Hole: _of_value,
    Await: _of_value,
    Spread: _of_value,
    TypeAssertion: _of_value,
    Attribute: _of_value,
    Yield: lambda node: () if node.value is None else (node.value,),
    Subscript: lambda node: (node.value, node.index),
    Call: _of_call,
    TaggedTemplate: lambda node: (node.tag, node.template),
    Binary: lambda node: (node.left, node.right),
    Unary: lambda node: (node.operand,),
    Conditional: lambda node: (node.test, node.then, node.otherwise),
    Collection: lambda node: node.elements,
    Mapping: _of_mapping,
    Comprehension: _of_comprehension,
    AssignmentExpression: lambda node: (node.target, node.value),
    Unknown: lambda node: node.operands,
}


def expressions(statement: Statement) -> tuple[Expression, ...]:
    """The expressions that stand in a statement itself, not in its blocks, in source order; targets before values."""
    parts = _PARTS.get(type(statement))
    return parts(statement) if parts is not None else ()


def blocks(statement: Statement) -> tuple[Block, ...]:
    """The blocks of a statement, in source order; bodies of functions are none of them."""
    inside = _BLOCKS.get(type(statement))
    return inside(statement) if inside is not None else ()


def statements_in(body: Block) -> Iterator[Statement]:
    """The statements of a block and of those nested in it, in source order."""
    stack = list(reversed(body))
    while stack:
        statement = stack.pop()
        yield statement
        for block in reversed(blocks(statement)):
            stack.extend(reversed(block))


def expressions_in(*statements: Statement) -> Iterator[Expression]:
    """Everything inside the expressions of statements; what stands in their blocks and in functions is left out."""
    return (node for statement in statements for expression in expressions(statement) for node in walk(expression))


def names_in(node: Expression) -> Iterator[str]:
    """The variables that an expression mentions, each as often as it does."""
    return (inner.id for inner in walk(node) if isinstance(inner, Name))


def _present(*parts: Expression | None) -> tuple[Expression, ...]:
    return tuple([part for part in parts if part is not None])


def _of_switch(statement: Switch) -> tuple[Expression, ...]:
    values = (value for arm in statement.cases for value in arm.values)
    return (*_present(statement.subject), *values)


def _of_signature(statement: FunctionDefinition) -> tuple[Expression, ...]:
    function = statement.function
    return (*function.decorators, *_present(*(parameter.default for parameter in function.parameters)))


def _body(statement: Any) -> tuple[Block, ...]:
    return (statement.body,)


# By type, as for the operands of expressions: what is not here has none.
_PARTS: dict[type[Statement], Callable[[Any], tuple[Expression, ...]]] = {
    Assign: lambda node: _present(node.target, node.value),
    ExpressionStatement: _of_value,
    Return: lambda node: _present(node.value),
    Raise: lambda node: _present(node.value),
    If: lambda node: (node.test,),
    Assert: lambda node: (node.test,),
    Loop: lambda node: _present(node.target, node.iterable, node.test),
    Switch: _of_switch,
    With: lambda node: _present(node.context, node.target),
    Defer: lambda node: (node.call,),
    ClassDefinition: lambda node: node.decorators,
    FunctionDefinition: _of_signature,
}
_BLOCKS: dict[type[Statement], Callable[[Any], tuple[Block, ...]]] = {
    If: lambda node: (node.then, node.otherwise),
    Loop: lambda node: (node.body, node.otherwise),
    Switch: lambda node: tuple([arm.body for arm in node.cases]),
    Try: lambda node: (node.body, *[handler.body for handler in node.handlers], node.otherwise, node.final),
    With: _body,
    Nested: _body,
    ClassDefinition: _body,
}
