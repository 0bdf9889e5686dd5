"""What a program does with values: it is run on abstract ones, expression by expression."""
