(comment) @comment

; f(x)  value.f(x)  F[T](x)  package.F[T](x)
[
  (call_expression function: (identifier) @call.name)
  (call_expression function: (selector_expression field: (field_identifier) @call.name))
  (type_conversion_expression type: (generic_type type: (type_identifier) @call.name))
  (type_conversion_expression type: (generic_type type: (qualified_type name: (type_identifier) @call.name)))
]

; "text" + x  x + "text"
[
  (binary_expression left: [(interpreted_string_literal) (raw_string_literal)] operator: "+")
  (binary_expression operator: "+" right: [(interpreted_string_literal) (raw_string_literal)])
] @template

[(ERROR) (MISSING)] @error
