import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { environment } from '../../scripts/toolchain.mjs'
import { startCloudflareAccount } from '../cli/deploy/cloudflare-account.ts'
import { cleanCopy } from '../support/clean-copy.ts'
import { pack } from '../support/pack.ts'
import { freePort } from '../support/server.ts'

// A project as a new user has it: made by `npm create` from the packed packages, installed from the registry.

let scratch: string
let project: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'circles-template-'))
  await using copy = await cleanCopy()
  const circles = pack(copy.folder, join(scratch, 'circles'))
  const create = pack(join(copy.folder, 'packages/create-circles-rooms'), join(scratch, 'create'))
  const args = ['exec', '--yes', `--package=${create}`, '--', 'create-circles-rooms', 'my-app', '--circles', circles]
  execFileSync('npm', args, { cwd: scratch, env: environment({ npm_config_prefer_offline: 'true' }), stdio: 'inherit' })
  project = join(scratch, 'my-app')
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

const start = (args: string[], env: Record<string, string> = {}) =>
  spawn('npm', args, { cwd: project, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'], detached: true })

/** Runs a script of the project; resolves with its output, or rejects with it. */
async function script(name: string, args: string[] = [], env: Record<string, string> = {}): Promise<string> {
  const child = start(['run', name, '--', ...args], env)
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
  const [code] = await once(child, 'close')
  const output = stdout() + stderr()
  if (code !== 0) throw new Error(`npm run ${name} exited with ${code}:\n${output}`)
  return output
}

test('the page of the project builds', async () => {
  await script('build')
  expect(existsSync(join(project, 'dist/index.html'))).toBe(true)
})

test('its types and its tests are in order', async () => {
  expect(await script('check')).not.toMatch(/action required/i)
  await script('test')
})

test('npm run dev stores a first message', async () => {
  const port = await freePort()
  const child = start(['run', 'dev', '--', '--port', `${port}`, '--inspector-port', '0'])
  try {
    const complaints = collect(child.stderr)
    expect(await ready(child.stdout)).not.toMatch(/missing/i)
    expect(complaints()).not.toMatch(/missing/i)
    const circle = `http://localhost:${port}/rooms/api/circles/team`
    const post = (path: string, body: unknown) =>
      fetch(`${circle}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    expect((await post('/messages?name=ada', { content: 'Hello' })).status).toBe(201)
    const page = await fetch(`http://localhost:${port}/`)
    expect(await page.text()).toContain('<title>my-app</title>')
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
    await once(child, 'close')
  }
})

test('npm run deploy deploys it to an empty account, and prints the owner’s link', async () => {
  await using account = await startCloudflareAccount()
  const output = await script('deploy', [], { ...account.env, CI: '1' })
  expect(output).toMatch(/https:\/\/my-app\.acme\.workers\.dev\/#owner=[\w-]{22}\n/)
  expect(Object.keys(account.secrets())).toEqual(['AUTH_SECRET', 'OWNER_LINK'])
})

/** Collects what a stream brings. */
function collect(stream: Readable): () => string {
  let output = ''
  stream.on('data', (chunk: Buffer) => {
    output += chunk
  })
  return () => output
}

/** Resolves with what was printed until the server was ready. */
async function ready(stream: Readable): Promise<string> {
  let output = ''
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    output += chunk
    if (output.includes('Ready on http')) return output
  }
  throw new Error(`the server ended:\n${output}`)
}
