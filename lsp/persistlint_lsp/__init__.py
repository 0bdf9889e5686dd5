"""The language server of persistlint: a thin shell around `persistlint.engine`."""
