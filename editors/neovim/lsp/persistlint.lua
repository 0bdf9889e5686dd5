---@brief
---
--- persistlint, a linter for the persistence layer.
---
--- Install it with `uv tool install persistlint` or `pip install persistlint`, put this directory on the runtime
--- path, and call `vim.lsp.enable('persistlint')`. Needs Neovim 0.11 or later.
---@type vim.lsp.Config
return {
  cmd = { 'persistlint', 'server' },
  filetypes = {
    'go',
    'javascript',
    'javascriptreact',
    'python',
    'sql',
    'svelte',
    'typescript',
    'typescriptreact',
    'vue',
  },
  root_markers = { 'persistlint.toml', 'pyproject.toml', 'package.json', 'go.mod', '.git' },
}
