-- Runs inside Neovim: opens the file that is given, waits for the diagnostic, applies the ignore action, and waits
-- until the diagnostic is gone. Prints what it sees; exits with 1 and a sentence on stderr where it sees something else.
local file, command = arg[1], vim.json.decode(arg[2])

local function wait(what, condition)
  if not vim.wait(30000, condition, 20) then
    io.stderr:write('Timed out: ' .. what .. '\n')
    os.exit(1)
  end
end

vim.lsp.config('persistlint', { cmd = command })
vim.lsp.enable('persistlint')
vim.cmd.edit(file)
vim.cmd.filetype('detect')
local buffer = vim.api.nvim_get_current_buf()
wait('the server starts', function()
  local client = vim.lsp.get_clients({ bufnr = buffer, name = 'persistlint' })[1]
  return client and client.initialized
end)
local client = vim.lsp.get_clients({ bufnr = buffer })[1]
print('encoding', client.offset_encoding)
print('pull', client:supports_method('textDocument/diagnostic'))

wait('the diagnostic appears', function() return #vim.diagnostic.get(buffer) == 1 end)
local found = vim.diagnostic.get(buffer)[1]
print('diagnostic', found.code, found.source, vim.diagnostic.severity[found.severity])
print('text', vim.api.nvim_buf_get_text(buffer, found.lnum, found.col, found.end_lnum, found.end_col, {})[1])

vim.api.nvim_win_set_cursor(0, { found.lnum + 1, found.col })
vim.lsp.buf.code_action({
  filter = function(action) return vim.startswith(action.title, 'Ignore') end,
  apply = true,
})
wait('the comment is written', function()
  return vim.api.nvim_buf_get_lines(buffer, found.lnum, found.lnum + 1, false)[1]:find('persistlint: ignore', 1, true)
end)
wait('the diagnostic goes away', function() return #vim.diagnostic.get(buffer) == 0 end)
vim.cmd('silent write')

client:stop()
wait('the server stops', function() return client:is_stopped() end)
os.exit(0)
