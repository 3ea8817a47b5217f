import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { environment, node } from '../../../scripts/toolchain.mjs'
import { cleanCopy } from '../../support/clean-copy.ts'
import { type CloudflareAccount, startCloudflareAccount } from './cloudflare-account.ts'

// `npm run deploy` in a clone, with the real wrangler, to an account that is empty at first. The tests build on each other.

let account: CloudflareAccount
let copy: Awaited<ReturnType<typeof cleanCopy>>
beforeAll(async () => {
  account = await startCloudflareAccount()
  copy = await cleanCopy()
})
afterAll(async () => {
  await account[Symbol.asyncDispose]()
  await copy[Symbol.asyncDispose]()
})

async function deploy(...args: string[]) {
  const env = environment({ ...account.env, CI: '1' })
  const child = spawn(node, [join(copy.folder, 'scripts/deploy.mjs'), ...args], {
    cwd: copy.folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk))
  const [code] = await once(child, 'close')
  const [, ownerCode = null] = /\/#owner=(\S+)/.exec(output) ?? []
  return { code, output, ownerCode }
}

const file = () => join(copy.folder, '.prod.vars')
const kept = () => parseEnv(readFileSync(file(), 'utf8'))
const bindingsOf = (type: string) => account.uploads.at(-1)?.bindings.filter(binding => binding.type === type)

test('the first deployment needs nothing that exists: it makes a secret, keeps it, and prints an owner’s link', async () => {
  const { code, output, ownerCode } = await deploy()
  expect(code, output).toBe(0)
  expect(output).toContain('Deployed: https://circles.acme.workers.dev\n')
  expect(ownerCode).toMatch(/^[\w-]{22}$/)
  expect(statSync(file()).mode & 0o777).toBe(0o600)
  expect(kept().AUTH_SECRET?.length).toBeGreaterThanOrEqual(32)
  expect(account.secrets()).toEqual(kept())
  expect(output).not.toContain(kept().AUTH_SECRET)
  expect([account.queues.size, account.buckets.size, bindingsOf('queue'), bindingsOf('r2_bucket')]).toEqual([
    0,
    0,
    [],
    [],
  ])
  expect(bindingsOf('plain_text')).toContainEqual({ name: 'AUTH', type: 'plain_text', text: 'token' })
})

test('later deployments keep the secret and the link', async () => {
  const before = kept()
  expect(await deploy()).toMatchObject({ code: 0, ownerCode: null })
  expect(kept()).toEqual(before)
  expect(account.secrets()).toEqual(before)
})

test('--with makes queues and a bucket and binds them, also in every later deployment', async () => {
  const { code, output } = await deploy('--with', 'bus,files')
  expect(code, output).toBe(0)
  expect([...account.queues.keys()]).toEqual(['circles-events', 'circles-events-dead'])
  expect(account.queues.get('circles-events')?.consumers).toHaveLength(1)
  expect([...account.buckets]).toEqual(['circles-files'])
  const bound = [
    [{ name: 'DEAD_EVENTS', type: 'queue', queue_name: 'circles-events-dead' }],
    [{ name: 'FILES', type: 'r2_bucket', bucket_name: 'circles-files' }],
  ]
  expect([bindingsOf('queue'), bindingsOf('r2_bucket')]).toEqual(bound)
  expect(await deploy('--with', 'bus,files', '--owner')).toMatchObject({ code: 0, ownerCode: expect.any(String) })
  const names = account.uploads.at(-1)?.bindings.map(({ name }) => name) // wrangler lets some inherit what is deployed
  expect(names).toEqual(expect.arrayContaining(['DEAD_EVENTS', 'FILES']))
})

test('a secret that is not here any more is not replaced by itself', async () => {
  const uploads = account.uploads.length
  rmSync(file())
  const { code, output } = await deploy()
  expect(code).toBe(7)
  expect(output).toContain('This Worker has a secret AUTH_SECRET that is not in .prod.vars here')
  expect(account.uploads).toHaveLength(uploads)
})
