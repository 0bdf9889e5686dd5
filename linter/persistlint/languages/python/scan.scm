; What could matter in a Python file; the captures are described in `persistlint.languages`.

(comment) @comment

(call function: (identifier) @call.name)
(call function: (attribute attribute: (identifier) @call.name))

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

[(ERROR) (MISSING)] @error
