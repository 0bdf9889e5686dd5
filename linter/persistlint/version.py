"""The version of persistlint, in this one place."""

VERSION = "0.1.0"
__version__ = VERSION
