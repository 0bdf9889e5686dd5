---@brief
---
--- persistlint, a linter for the persistence layer.
---
--- Install it with `uv tool install persistlint` or `pip install persistlint`, put this directory on the runtime
--- path, and call `vim.lsp.enable('persistlint')`. Needs Neovim 0.11 or later. The persistlint of a project, in
--- `.venv` or `venv` at its root, goes before the one on `PATH`.
---
--- `:checkhealth persistlint` says what is running.

---@type vim.lsp.Config
return {
  cmd = function(dispatchers, config)
    for _, folder in ipairs({ '.venv', 'venv' }) do
      local own = vim.fs.joinpath(config.root_dir or vim.fn.getcwd(), folder, 'bin', 'persistlint')
      if vim.fn.executable(own) == 1 then
        return vim.lsp.rpc.start({ own, 'server' }, dispatchers)
      end
    end
    return vim.lsp.rpc.start({ 'persistlint', 'server' }, dispatchers)
  end,
  filetypes = {
    'go',
    'javascript',
    'javascriptreact',
    'prisma',
    'python',
    'sql',
    'svelte',
    'toml',
    'typescript',
    'typescriptreact',
    'vue',
  },
  root_markers = { 'persistlint.toml', 'pyproject.toml', 'package.json', 'go.mod', '.git' },
  -- `true` makes `vim.lsp.buf.workspace_diagnostics()` work. But Neovim 0.12 then asks for the workspace alone, and not
  -- for the files that are open, when the configuration changes.
  init_options = { workspaceDiagnostics = false },
  settings = { persistlint = {} },
}
