import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { root } from '../../scripts/toolchain.mjs'
import { startProgram } from '../support/program.ts'
import { freePort } from '../support/server.ts'
import { openSocket } from '../support/socket.ts'

const script = join(root, 'scripts/start.mjs')

test('npm start serves both loopback addresses, refuses a taken port with advice, and leaves nothing behind', async () => {
  const state = await mkdtemp(join(tmpdir(), 'circles-start-'))
  onTestFinished(() => rm(state, { recursive: true, force: true }))
  const port = await freePort()
  const args = [script, '--port', `${port}`, '--persist-to', state]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGTERM'))
  const greeting = await until(child.stdout, 'Ctrl-C ends it')
  const hosts = ['127.0.0.1', 'localhost', ...(greeting.includes('no IPv6') ? [] : ['[::1]'])]

  for (const host of hosts) {
    await using socket = await openSocket(`ws://${host}:${port}/ws/circles/start?name=ada`)
    socket.send({ content: `by ${host}` })
    expect(await socket.next()).toMatchObject({ content: `by ${host}`, channel: 'circle:start' })
  }

  expect(greeting).toContain(`Messages are stored in ${state}.`)
  for (const api of ['/cdn-cgi/explorer/api', '/cdn-cgi/local/explorer/api']) {
    const response = await fetch(`http://127.0.0.1:${port}${api}/workers/durable_objects/namespaces`)
    expect(await response.text()).not.toContain('CircleObject') // what is stored is for those with a token
  }

  for (const [path, headers] of [
    ['/api/circles', []],
    ['/ws', ['Connection', 'Upgrade', 'Upgrade', 'websocket']],
  ] as const) {
    const forged = ['Host', `evil.example:${port}`, 'MF-Original-URL', `http://localhost:${port}${path}`, ...headers]
    const [response] = await once(get({ host: '127.0.0.1', port, path, headers: forged }), 'response')
    expect(response.statusCode).toBe(403) // a page that points its name here is on the host of its own name
  }

  await using second = startProgram(process.execPath, args)
  await expect(second.next()).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken`)

  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
  await expect(openSocket(`ws://localhost:${port}/ws`)).rejects.toThrow()
})

test('npm start explains an invalid port', async () => {
  await using program = startProgram(process.execPath, [script, '--port', 'eighty'])
  await expect(program.next()).rejects.toThrow('Not a port: eighty')
})

async function until(stream: Readable, text: string): Promise<string> {
  let output = ''
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    output += chunk
    if (output.includes(text)) return output
  }
  throw new Error(`ended without printing ${text}: ${output}`)
}

test('npm start with tokens says that nobody can join until there is a secret', async () => {
  const port = await freePort()
  const state = await mkdtemp(join(tmpdir(), 'circles-start-'))
  onTestFinished(() => rm(state, { recursive: true, force: true }))
  const args = [script, '--port', `${port}`, '--persist-to', state, '--var', 'AUTH:token', '--var', 'AUTH_SECRET:']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGTERM'))
  const greeting = await until(child.stdout, 'Ctrl-C ends it')
  expect(greeting).toContain('AUTH is "token": set AUTH_SECRET')
  expect(greeting).toContain('\nNobody can join. ')
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})
