; What could matter in a Python file; the captures are described in `persistlint.languages`.

(comment) @comment

(call function: (identifier) @call.name arguments: (_) @call.arguments)
(call function: (attribute attribute: (identifier) @call.name) arguments: (_) @call.arguments)

; def f(…), f = lambda …
(function_definition name: (identifier) @function.name) @function
(assignment left: (identifier) @function.name right: [(lambda) (parenthesized_expression)] @function)

[
  (for_statement body: (_) @loop)
  (while_statement body: (_) @loop)
  ([(list_comprehension) (set_comprehension) (dictionary_comprehension) (generator_expression)] @loop)
]

; f"{x}" and t"{x}"
(string (interpolation)) @template

; "…" + x, x + "…", "…" % x, with or without parentheses around the string
(binary_operator
  left: [
    (string)
    (concatenated_string)
    (parenthesized_expression [(string) (concatenated_string)])
  ]
  operator: ["+" "%"]) @template
(binary_operator
  operator: "+"
  right: [
    (string)
    (concatenated_string)
    (parenthesized_expression [(string) (concatenated_string)])
  ]) @template

; x += "…"
(augmented_assignment
  operator: "+="
  right: [
    (string)
    (concatenated_string)
    (parenthesized_expression [(string) (concatenated_string)])
  ]) @template

; "…".format(x)
(call
  function: (attribute
    object: [
      (string)
      (concatenated_string)
      (parenthesized_expression [(string) (concatenated_string)])
    ]
    attribute: (identifier) @call.name)
  (#eq? @call.name "format")) @template

; x < 5, x in (5, 6), x * 5, x += 5, return 5, case 5, f(5), and the same in parentheses, with a sign, or on a branch
[
  (comparison_operator [(integer) (float)] @number)
  (comparison_operator [(tuple (integer) @number) (list (integer) @number) (set (integer) @number)])
  (binary_operator [(integer) (float)] @number)
  (augmented_assignment right: [(integer) (float)] @number)
  (return_statement [(integer) (float)] @number)
  (case_pattern [(integer) (float)] @number)
  (union_pattern [(integer) (float)] @number)
  (argument_list [(integer) (float)] @number)
  (parenthesized_expression [(integer) (float)] @number)
  (unary_operator argument: [(integer) (float)] @number)
  (conditional_expression [(integer) (float)] @number)
]

[(ERROR) (MISSING)] @error
