"""The marks of bind parameters: how a driver writes them, what each replaces, and the edits of the text."""
