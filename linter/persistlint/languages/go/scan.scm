(comment) @comment

; f(x)  value.f(x)  F[T](x)  package.F[T](x)
[
  (call_expression function: (identifier) @call.name arguments: (_) @call.arguments)
  (call_expression function: (selector_expression field: (field_identifier) @call.name) arguments: (_) @call.arguments)
  (type_conversion_expression type: (generic_type type: (type_identifier) @call.name))
  (type_conversion_expression type: (generic_type type: (qualified_type name: (type_identifier) @call.name)))
]

; func f(…) { … }  func (v T) f(…) { … }  f := func(…) { … }  f = func(…) { … }  var f = func(…) { … }
(function_declaration name: (_) @function.name) @function
(method_declaration name: (_) @function.name) @function
(short_var_declaration
  left: (expression_list (identifier) @function.name)
  right: (expression_list [(func_literal) (parenthesized_expression)] @function))
(assignment_statement
  left: (expression_list (identifier) @function.name)
  right: (expression_list [(func_literal) (parenthesized_expression)] @function))
(var_spec
  name: (identifier) @function.name
  value: (expression_list [(func_literal) (parenthesized_expression)] @function))

[
  (for_statement body: (_) @loop)
  (for_clause update: (_) @loop)
]

; "text" + x  x + "text"
[
  (binary_expression left: [(interpreted_string_literal) (raw_string_literal)] operator: "+")
  (binary_expression operator: "+" right: [(interpreted_string_literal) (raw_string_literal)])
] @template

; x < 5, x * 5, x += 5, return 5, case 5:, f(5), and the same in parentheses or with a sign
[
  (binary_expression [(int_literal) (float_literal)] @number)
  (assignment_statement right: (expression_list [(int_literal) (float_literal)] @number))
  (return_statement (expression_list [(int_literal) (float_literal)] @number))
  (expression_case value: (expression_list [(int_literal) (float_literal)] @number))
  (argument_list [(int_literal) (float_literal)] @number)
  (parenthesized_expression [(int_literal) (float_literal)] @number)
  (unary_expression operand: [(int_literal) (float_literal)] @number)
]

[(ERROR) (MISSING)] @error
