import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { node } from '../../scripts/toolchain.mjs'
import { startServer } from './server.ts'

const answers = (url: string) =>
  fetch(url).then(
    response => response.status,
    () => 'nobody',
  )

test('a server answers, is killed, comes back on its port, and is gone with its owner', async () => {
  await using server = await startServer()
  expect(await answers(`${server.url}/healthz`)).toBe(200)
  await server.kill9()
  expect(await answers(`${server.url}/healthz`)).toBe('nobody')
  await server.start()
  expect(await answers(`${server.url}/healthz`)).toBe(200)
  await server.stop()
  expect(await answers(`${server.url}/healthz`)).toBe('nobody')
})

test('a server dies with the process that started it, however that ended', async () => {
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
  expect(await answers(`${url}/healthz`)).toBe(200)
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  await expect.poll(() => answers(`${url}/healthz`), { timeout: 30_000 }).toBe('nobody')
})
