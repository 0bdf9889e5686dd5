"""What a file does with JSON: where it decodes and encodes, how far it reaches into what it decoded, what checks that.

`programs` is where a file of code is read: `domain` walks the functions that hold a candidate, with what the tables say
of libraries (`tables`), what each expression is (`evaluate`, `calls`), what tests say (`guards`) and what variables
hold (`binding`, `state`); `hops` is where a step into a value is judged. What Go does with errors (`errors`, `coders`)
and what JSON cannot hold (`encoding`) are matters of their own, and so are casts in SQL: in files of it (`casts`), and
in strings of code (`strings`).
"""
