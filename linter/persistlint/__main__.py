"""`python -m persistlint` is `persistlint`."""

from persistlint.cli import program

if __name__ == "__main__":
    program()
