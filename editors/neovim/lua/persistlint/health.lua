--- `:checkhealth persistlint`: whether a server can be started, which ones run, and what they say about themselves.
local M = {}

function M.check()
  local health = vim.health
  health.start('persistlint')
  if vim.fn.has('nvim-0.11') == 0 then
    health.error('Neovim 0.11 or later is needed')
    return
  end
  if vim.fn.executable('persistlint') == 1 then
    local run = vim.system({ 'persistlint', '--version' }, { text = true }):wait()
    health.ok(vim.fn.exepath('persistlint') .. ': ' .. vim.trim(run.stdout or ''))
  else
    health.warn('there is no `persistlint` on PATH', 'uv tool install persistlint')
  end
  if not vim.lsp.is_enabled('persistlint') then
    health.warn('it is not enabled', "vim.lsp.enable('persistlint')")
  end
  local clients = vim.lsp.get_clients({ name = 'persistlint' })
  if #clients == 0 then
    health.info('no server is running: open a file in a language that persistlint reads')
  end
  for _, client in ipairs(clients) do
    local answer = client:request_sync('workspace/executeCommand', { command = 'persistlint.debugInformation' }, 2000)
    if answer and answer.result then
      health.ok('a server is running\n' .. answer.result)
    else
      health.error('a server is running but does not answer: ' .. vim.inspect(answer))
    end
  end
end

return M
