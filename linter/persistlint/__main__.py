"""`python -m persistlint` is `persistlint`."""

import sys

from persistlint.cli import main

if __name__ == "__main__":
    sys.exit(main())
