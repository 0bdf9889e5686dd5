-- Runs inside Neovim: `-l neovim.lua FOLDER COMMAND MODE`. Plays what a person does with the files of the folder. Exits
-- with 1 and a sentence on stderr where it sees something else than expected. MODE is `pull` or `push`.
local folder, command, mode = arg[1], vim.json.decode(arg[2]), arg[3]

local function fail(what)
  io.stderr:write(what .. '\n' .. debug.traceback() .. '\n')
  os.exit(1)
end

local function wait(what, condition)
  if not vim.wait(30000, condition, 20) then
    fail('timed out: ' .. what .. '\n' .. vim.inspect(vim.diagnostic.get()))
  end
end

local function expect(what, seen, expected)
  if not vim.deep_equal(seen, expected) then
    fail(('%s: %s instead of %s'):format(what, vim.inspect(seen), vim.inspect(expected)))
  end
end

local function open(name)
  vim.cmd.edit(vim.fs.joinpath(folder, name))
  vim.cmd.filetype('detect')
  local buffer = vim.api.nvim_get_current_buf()
  wait('the server starts', function()
    local client = vim.lsp.get_clients({ bufnr = buffer, name = 'persistlint' })[1]
    return client and client.initialized
  end)
  return buffer, vim.lsp.get_clients({ bufnr = buffer })[1]
end

local function codes(buffer)
  return vim.tbl_map(function(found) return found.code end, vim.diagnostic.get(buffer))
end

local function wait_for_codes(buffer, expected)
  wait('diagnostics ' .. vim.inspect(expected), function() return vim.deep_equal(codes(buffer), expected) end)
end

local function act(title, kind)
  vim.lsp.buf.code_action({
    context = { only = { kind }, diagnostics = kind ~= 'quickfix' and {} or nil },
    filter = function(action) return action.title == title end,
    apply = true,
  })
end

local function lines(buffer) return vim.api.nvim_buf_get_lines(buffer, 0, -1, false) end

if mode == 'push' then
  vim.lsp.config('persistlint', {
    before_init = function(params) params.capabilities.textDocument.diagnostic = nil end,
  })
end
if command ~= vim.NIL then
  vim.lsp.config('persistlint', { cmd = command })
end
vim.lsp.config('persistlint', { settings = { persistlint = { ignore = { 'bound-identifier' } } } })
vim.lsp.enable('persistlint')

-- a diagnostic, at its place, behind a character that is two units wide in UTF-16
local buffer, client = open('queries.py')
expect('pull', client:supports_method('textDocument/diagnostic'), mode == 'pull')
wait_for_codes(buffer, { 'interpolated-sql' })
local found = vim.diagnostic.get(buffer)[1]
expect('severity', found.severity, vim.diagnostic.severity.ERROR)
expect(
  'its text',
  vim.api.nvim_buf_get_text(buffer, found.lnum, found.col, found.end_lnum, found.end_col, {}),
  { 'x' }
)

-- the query laid out on hover
local position = { line = found.lnum, character = found.col }
local params = { textDocument = { uri = vim.uri_from_bufnr(buffer) }, position = position }
local hover = client:request_sync('textDocument/hover', params, 10000, buffer)
if not (hover and hover.result and hover.result.contents.value:find("WHERE\n  a = '{x}'", 1, true)) then
  fail('no query on hover: ' .. vim.inspect(hover))
end

-- ignored, by an action that is worked out when it is chosen
vim.api.nvim_win_set_cursor(0, { found.lnum + 1, found.col })
act('Ignore `interpolated-sql` on this line', 'quickfix')
wait_for_codes(buffer, {})
expect('the comment', lines(buffer)[found.lnum + 1]:match('  # persistlint.*$'), '  # persistlint: ignore[interpolated-sql]')

-- a comment that does nothing any more, and everything fixed at once
vim.api.nvim_buf_set_lines(buffer, found.lnum, found.lnum + 1, false, { '    pass  # persistlint: ignore[no-such]' })
wait_for_codes(buffer, { 'unknown-suppression' })
act('Fix all that persistlint can fix safely', 'source.fixAll.persistlint')
wait_for_codes(buffer, {})
expect('what is left', lines(buffer)[found.lnum + 1], '    pass')
vim.cmd('silent write')

-- one more migration, in a folder that the action makes
local steps = {
  'CREATE TABLE users (id bigint PRIMARY KEY);',
  'ALTER TABLE users ADD CONSTRAINT users_id CHECK (id > 0) NOT VALID;',
  'ALTER TABLE users ADD COLUMN note text;',
}
local function migration(name) return ('migrations/%s/migration.sql'):format(name) end
for number, step in ipairs(steps) do
  local path = vim.fs.joinpath(folder, migration(('2024010112000%d_step'):format(number)))
  vim.fn.mkdir(vim.fs.dirname(path), 'p')
  vim.fn.writefile({ step }, path)
end
vim.fn.writefile({ 'provider = "postgresql"' }, vim.fs.joinpath(folder, 'migrations', 'migration_lock.toml'))
local check = open(migration('20240101120002_step'))
wait_for_codes(check, { 'constraint-never-validated' })
act('Validate it in a new migration', 'quickfix')
local name = migration('20240101120004_validate_users_id')
local made = vim.fs.joinpath(folder, name)
wait('the file is made', function() return vim.fn.bufloaded(made) == 1 end)
open(name)
vim.cmd('silent write')
vim.api.nvim_set_current_buf(check)
expect('its text', vim.fn.readfile(made), { 'ALTER TABLE users VALIDATE CONSTRAINT users_id;' })
wait_for_codes(check, {})

-- settings of the editor, and a file that changes on disk while nobody types
local other = open('identifiers.py')
wait_for_codes(other, { 'interpolated-sql' })
client.settings = { persistlint = { ignore = { 'injection' } } }
client:notify('workspace/didChangeConfiguration', { settings = client.settings })
wait_for_codes(other, {})
client.settings = { persistlint = {} }
client:notify('workspace/didChangeConfiguration', { settings = client.settings })
wait_for_codes(other, { 'interpolated-sql' })
vim.fn.writefile({ 'ignore = ["interpolated-sql"]' }, vim.fs.joinpath(folder, 'persistlint.toml'))
wait_for_codes(other, {})

-- names of rules in the configuration
local configuration = open('persistlint.toml')
params = { textDocument = { uri = vim.uri_from_bufnr(configuration) }, position = { line = 0, character = 14 } }
local completion = client:request_sync('textDocument/completion', params, 10000, configuration)
local labels = vim.tbl_map(function(item) return item.label end, completion and completion.result or {})
expect('completion', vim.tbl_contains(labels, 'interpolated-sql'), true)

-- what the health check says
vim.cmd('checkhealth persistlint')
local health = table.concat(lines(0), '\n')
if not health:find('a server is running', 1, true) or not health:find('diagnostics are ' .. mode .. 'ed', 1, true) then
  fail('the health check: ' .. health)
end

-- and a way out
client:stop()
wait('the server stops', function() return client:is_stopped() end)
print('everything was as expected')
os.exit(0)
