"""`python -m persistlint_lsp` starts the language server, as `persistlint server` does."""

if __name__ == "__main__":  # the worker process imports this module under another name
    from persistlint_lsp.server import main

    main()
