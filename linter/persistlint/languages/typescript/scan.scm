; What could matter in a TypeScript file; the captures are explained in languages/__init__.py.

[(comment) (html_comment)] @comment

; f(…), tag`…`, a.f(…), a.#f(…), f!(…), a.f!(…), new F(…), new a.F(…)
[
  (call_expression
    function: [
      (identifier) @call.name
      (member_expression property: (_) @call.name)
      (non_null_expression [(identifier) @call.name (member_expression property: (_) @call.name)])
      ; await a.f<T>(…), which the grammar reads as (await a.f)<T>(…)
      (await_expression [(identifier) @call.name (member_expression property: (_) @call.name)])
    ]
    arguments: (_) @call.arguments)
  (new_expression constructor: [(identifier) @call.name (member_expression property: (_) @call.name)])
]

; function f(…), f(…) { … }, const f = (…) => …, f = (…) => …
(function_declaration name: (_) @function.name) @function
(method_definition name: (_) @function.name) @function
(variable_declarator
  name: (identifier) @function.name
  value: [(arrow_function) (function_expression) (parenthesized_expression)] @function)
(assignment_expression
  left: (identifier) @function.name
  right: [(arrow_function) (function_expression) (parenthesized_expression)] @function)

[
  (for_statement body: (_) @loop)
  (for_statement increment: (_) @loop)
  (for_in_statement body: (_) @loop)
  (while_statement body: (_) @loop)
  (do_statement body: (_) @loop)
]

; `… ${x} …`, "…" + x, x + "…"
(template_string (template_substitution)) @template
(binary_expression left: [(string) (template_string)] operator: "+") @template
(binary_expression operator: "+" right: [(string) (template_string)]) @template

; x < 5, x * 5, x += 5, return 5, case 5:, f(5), and the same in parentheses, with a sign, or on a branch
[
  (binary_expression (number) @number)
  (augmented_assignment_expression right: (number) @number)
  (return_statement (number) @number)
  (switch_case value: (number) @number)
  (arguments (number) @number)
  (parenthesized_expression (number) @number)
  (unary_expression argument: (number) @number)
  (ternary_expression (number) @number)
]

[(ERROR) (MISSING)] @error
