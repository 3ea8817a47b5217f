import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { node } from '../../scripts/toolchain.mjs'
import { startServer } from './server.ts'

const statusOf = (url: string) =>
  fetch(url).then(
    response => response.status,
    () => 'unreachable',
  )

test('a server responds, is killed, restarts on its port, and can be stopped', async () => {
  await using server = await startServer()
  expect(await statusOf(`${server.url}/healthz`)).toBe(200)
  await server.kill9()
  expect(await statusOf(`${server.url}/healthz`)).toBe('unreachable')
  await server.start()
  expect(await statusOf(`${server.url}/healthz`)).toBe(200)
  await server.stop()
  expect(await statusOf(`${server.url}/healthz`)).toBe('unreachable')
})

test('a server ends with the process that started it, even if that one was killed', async () => {
  const script = `
    const { startServer } = await import(${JSON.stringify(new URL('./server.ts', import.meta.url).href)})
    console.log((await startServer()).url)`
  const scratch = await mkdtemp(join(tmpdir(), 'circles-owner-'))
  onTestFinished(() => rm(scratch, { recursive: true, force: true }))
  const owner = spawn(node, ['--input-type=module', '--eval', script], {
    env: { ...process.env, TMPDIR: scratch },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: owner.stdout })
  const [url] = await Promise.race([once(lines, 'line'), once(lines, 'close')])
  expect(await statusOf(`${url}/healthz`)).toBe(200)
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  await expect.poll(() => statusOf(`${url}/healthz`), { timeout: 30_000 }).toBe('unreachable')
})
