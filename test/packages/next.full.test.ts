import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { environment } from '../../scripts/toolchain.mjs'
import { cleanCopy } from '../support/clean-copy.ts'
import { eventually } from '../support/eventually.ts'
import { pack } from '../support/pack.ts'
import { freePort } from '../support/server.ts'

// A Next application with the App Router, whose page uses the hooks of the packed package. The files of the application are
// texts here, because they type-check only where Next is installed.

const source = join(import.meta.dirname, 'next-app')
const installing = environment({ CI: '1', npm_config_prefer_offline: 'true' })
const running = { ...installing, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' }
let scratch: string
let app: string

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'circles-next-'))
  app = join(scratch, 'app')
  mkdirSync(join(app, 'app'), { recursive: true })
  for (const name of ['package.json', 'package-lock.json']) cpSync(join(source, name), join(app, name))
  cpSync(join(source, 'tsconfig.txt'), join(app, 'tsconfig.json'))
  for (const name of ['layout', 'page', 'team']) cpSync(join(source, `${name}.txt`), join(app, 'app', `${name}.tsx`))
  await using copy = await cleanCopy()
  const tarball = pack(copy.folder, join(scratch, 'packed'))
  npm(['ci'], installing)
  npm(['install', '--no-save', tarball], installing)
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

function npm(args: string[], env: NodeJS.ProcessEnv): void {
  execFileSync('npm', [...args, '--no-audit', '--no-fund'], { cwd: app, env, stdio: 'inherit' })
}

test('next build takes a page with the hooks, and its server renders them', async () => {
  npm(['run', 'build'], running)
  const port = await freePort()
  const next = [join(app, 'node_modules/next/dist/bin/next'), 'start', '--port', `${port}`, '--hostname', '127.0.0.1']
  const server = spawn(process.execPath, next, { cwd: app, env: running, stdio: 'inherit' })
  try {
    const response = await eventually(() => fetch(`http://127.0.0.1:${port}/`))
    const text = await response.text()
    expect([response.status, text.match(/<button[^>]*>([^<]*)/)?.[1]]).toEqual([200, 'dev: 0 messages, 0 others, idle'])
    expect(text).toContain('data-hook="function"')
  } finally {
    server.kill('SIGTERM')
    await once(server, 'exit')
  }
})
