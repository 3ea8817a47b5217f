import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startCircles } from './circles.ts'
import { makeFolder } from './fixtures.ts'
import { runCircles } from './run-circles.ts'

/** A server that lets a command come as far as `answers`, and then is silent. */
async function silentServer(answers: readonly string[]): Promise<{ url: string; stuck: Promise<unknown> }> {
  const stuck = Promise.withResolvers<void>()
  const server: Server = createServer((request, response) => {
    if (answers.some(path => request.url?.includes(path))) response.end(JSON.stringify({ version: '1', ticket: 't' }))
    else stuck.resolve()
  })
  server.on('upgrade', () => stuck.resolve())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.closeAllConnections())
  onTestFinished(() => void server.close())
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, stuck: stuck.promise }
}

test.each([
  [['send', 'dev', 'hello'], []],
  [['send', 'dev', 'hello'], ['tickets']],
  [['tail', 'dev', '--no-follow'], []],
  [['tail', 'dev'], ['tickets']],
  [['doctor'], []],
  [['doctor'], ['healthz']],
  [['doctor'], ['healthz', 'readyz', 'tickets']],
  [['export', 'dev'], []],
  [['import', 'dev', 'package.json'], []],
])('[cli] %j ends at the first signal, while a server that answered %j is silent', async (args, answers) => {
  const { url, stuck } = await silentServer(answers)
  const control = new AbortController()
  const ended = runCircles(['--url', url, ...args], control.signal)
  await stuck
  control.abort()
  expect(await ended).toMatchObject({ code: 130, err: '' })
})

test('[cli] watch ends at the first signal, while the server is silent', async () => {
  await using folder = await makeFolder()
  await using stateFolder = await makeFolder()
  vi.stubEnv('XDG_STATE_HOME', stateFolder.root)
  onTestFinished(() => void vi.unstubAllEnvs())
  const { url, stuck } = await silentServer([])
  const args = ['--url', url, 'watch', folder.root, '--workspace', 'w', '--once']
  await runCircles(args) // the baseline
  await folder.write('a.txt', '')
  const control = new AbortController()
  const ended = runCircles(args, control.signal)
  await stuck
  control.abort()
  expect(await ended).toMatchObject({ code: 130, err: '' })
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  '[cli] %s ends a program that waits for the network and its input',
  async signal => {
    const silent = createTcpServer()
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => void silent.close())
    const address = silent.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    await using program = startCircles(['send', 'dev', '--url', url, '--timeout', '600'])
    const [socket] = await once(silent, 'connection')
    onTestFinished(() => socket.destroy())
    expect(await program.stop(signal)).toBe(130)
  },
)
