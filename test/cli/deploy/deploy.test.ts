import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { parseEnv } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { type DeployOptions, deploy } from '../../../src/cli/commands/deploy.ts'
import { terminalOn } from '../../../src/cli/terminal.ts'

// A wrangler that records what it is asked to do, and what secrets it was given.
const fakeWrangler = `
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs')
const args = process.argv.slice(2)
const at = args.indexOf('--secrets-file')
const secrets = at < 0 ? undefined : JSON.parse(readFileSync(args[at + 1], 'utf8'))
appendFileSync('calls', JSON.stringify({ args: args.filter((_, index) => at < 0 || (index !== at && index !== at + 1)), secrets }) + '\\n')
const replies = existsSync('replies') ? JSON.parse(readFileSync('replies', 'utf8')) : {}
const reply = replies[args.slice(0, 2).join(' ')] ?? replies[args[0]]
if (args[0] === 'deploy') writeFileSync(process.env.WRANGLER_OUTPUT_FILE_PATH, '{"type":"wrangler-session"}\\n{"type":"deploy","targets":["https://app.acme.workers.dev"]}\\n')
console.log(reply?.output ?? '')
process.exit(reply?.code ?? 0)
`
const noWorker = { 'secret list': { code: 1, output: 'script_not_found [code: 10007]' } }

/** A folder with a configuration, where wrangler is the one above. */
function project({ config = 'wrangler.toml', text = 'name = "app"\n', ignored = '.prod.vars*\n', replies = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'circles-deploy-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const inFolder = (name: string) => join(folder, name)
  mkdirSync(inFolder('node_modules/wrangler/bin'), { recursive: true })
  writeFileSync(inFolder('node_modules/wrangler/package.json'), '{"name":"wrangler"}')
  writeFileSync(inFolder('node_modules/wrangler/bin/wrangler.js'), fakeWrangler)
  writeFileSync(inFolder(config), text)
  writeFileSync(inFolder('.gitignore'), ignored)
  execFileSync('git', ['init', '--quiet'], { cwd: folder })
  const reply = (next: object) => writeFileSync(inFolder('replies'), JSON.stringify(next))
  reply({ ...noWorker, ...replies })
  return {
    reply,
    file: inFolder('.prod.vars'),
    kept: () => parseEnv(readFileSync(inFolder('.prod.vars'), 'utf8')),
    text: () => readFileSync(inFolder(config), 'utf8'),
    /** The calls of wrangler since the last time, and what was printed. */
    async deploy(options: DeployOptions = {}) {
      writeFileSync(inFolder('calls'), '')
      let output = ''
      const stream = new Writable({
        write(chunk, _, done) {
          output += chunk
          done()
        },
      })
      const failed = await deploy(options, terminalOn({ stdout: stream, stderr: stream }), folder).catch(error => error)
      const lines = readFileSync(inFolder('calls'), 'utf8').split('\n').slice(0, -1)
      const calls: { args: string[]; secrets?: Record<string, string> }[] = lines.map(line => JSON.parse(line))
      return { output, failed, calls: calls.map(({ args }) => args.join(' ')), secrets: calls.at(-1)?.secrets }
    },
  }
}

test('the first deployment makes a secret and an owner’s link, and keeps the secret for the user alone', async () => {
  const { deploy, kept, file } = project()
  const { output, failed, calls, secrets } = await deploy()
  expect(failed).toBeUndefined()
  expect(calls).toEqual(['secret list --format json', 'deploy'])
  expect(output).toMatch(/^Deployed: https:\/\/app\.acme\.workers\.dev\n/)
  expect(output).toMatch(/https:\/\/app\.acme\.workers\.dev\/#owner=[\w-]{22}\n/)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(kept()).toEqual({
    AUTH_SECRET: expect.stringMatching(/^[\w-]{43}$/),
    OWNER_LINK: expect.stringMatching(/^[0-9a-f]{64}\.\d{13}$/),
  })
  expect(secrets).toEqual(kept())
})

test('a later deployment keeps the secret and other secrets of the file, and makes no link unless one is asked for', async () => {
  const { deploy, kept, file } = project()
  await deploy()
  writeFileSync(file, `# mine\nMETRICS_TOKEN='a token with $ and "quotes"'\n${readFileSync(file, 'utf8')}`)
  chmodSync(file, 0o644)
  const before = kept()
  const { output, calls, secrets } = await deploy()
  expect([output, calls]).toEqual(['Deployed: https://app.acme.workers.dev\n', ['deploy']])
  expect(secrets).toEqual(before)
  expect(readFileSync(file, 'utf8')).toMatch(/^# mine\nMETRICS_TOKEN='a token with \$ and "quotes"'\n/)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const again = await deploy({ owner: true })
  expect(again.output).toMatch(/#owner=[\w-]{22}\n/)
  expect(again.secrets).toEqual({ ...before, OWNER_LINK: kept().OWNER_LINK })
  expect(kept().OWNER_LINK).not.toBe(before.OWNER_LINK)
})

test('a secret is changed in two steps, and a failure between them loses none', async () => {
  const { deploy, kept, reply } = project()
  await deploy()
  const { AUTH_SECRET: first } = kept()
  reply({ deploy: { code: 1 } })
  expect((await deploy({ newSecret: true })).failed).toMatchObject({ message: 'wrangler deploy failed; see above.' })
  expect(kept()).toMatchObject({ AUTH_SECRET: first })
  reply({})
  const { secrets } = await deploy({ newSecret: true })
  expect(secrets).toMatchObject({ AUTH_SECRET_PREVIOUS: first })
  const { AUTH_SECRET: second } = kept()
  expect(second).not.toBe(first)
  expect((await deploy()).secrets).toMatchObject({ AUTH_SECRET: second, AUTH_SECRET_PREVIOUS: first })
  // A secret cannot be taken away by a deployment: the present one takes its place.
  expect((await deploy({ dropPrevious: true })).secrets).toMatchObject({
    AUTH_SECRET: second,
    AUTH_SECRET_PREVIOUS: second,
  })
  expect(kept()).not.toHaveProperty('AUTH_SECRET_PREVIOUS')
})

test('a secret that is deployed but not here is neither replaced nor overlooked', async () => {
  const { deploy } = project({
    replies: { 'secret list': { code: 0, output: '[{"name":"AUTH_SECRET","type":"secret_text"}]' } },
  })
  const { failed, calls } = await deploy()
  expect(failed).toMatchObject({ exit: 'refused', message: expect.stringContaining('has a secret AUTH_SECRET') })
  expect(calls).toEqual(['secret list --format json'])
  expect((await deploy({ newSecret: true })).failed).toBeUndefined()
})

test('a deployment that cannot ask for the secrets does not go on', async () => {
  const { deploy } = project({ replies: { 'secret list': { code: 1, output: 'You are not logged in.' } } })
  expect((await deploy()).failed).toMatchObject({ message: expect.stringContaining('You are not logged in.') })
})

test('with an identity provider only tickets are signed, and there is no owner’s link', async () => {
  const { deploy, kept } = project({ text: '[vars]\nAUTH_JWKS_URL = "https://issuer.test/keys"\n' })
  const { output, secrets } = await deploy()
  expect([output, Object.keys(kept()), secrets]).toEqual([
    'Deployed: https://app.acme.workers.dev\n',
    ['TICKET_SECRET'],
    kept(),
  ])
  expect((await deploy({ owner: true })).failed).toMatchObject({ exit: 'usage' })
})

test('--with makes what is missing, and adds its bindings to wrangler.toml once', async () => {
  const replies = { 'queues create': { code: 1, output: 'Queue name is already taken. [code: 11009]' } }
  const { deploy, text } = project({ replies })
  const { calls, output } = await deploy({ with: 'bus,files' })
  expect(calls).toEqual([
    'secret list --format json',
    'queues create circles-events',
    'queues create circles-events-dead',
    'r2 bucket create circles-files',
    'deploy',
  ])
  expect(output).toContain('circles-events exists.\n')
  const once = text()
  expect(once).toContain('[[queues.consumers]]\nqueue = "circles-events"\n')
  expect(once).toContain('[[r2_buckets]]\nbinding = "FILES"\nbucket_name = "circles-files"\n')
  await deploy({ with: 'files,bus' })
  expect(text()).toBe(once)
})

test.each<[string, Parameters<typeof project>[0], DeployOptions, RegExp]>([
  ['an unknown resource', {}, { with: 'bus,toString' }, /"toString" is nothing .* There are: bus, files\./],
  [
    'a configuration of JSON',
    { config: 'wrangler.jsonc', text: '{}' },
    { with: 'files' },
    /Add this to wrangler.jsonc.*\n\{\n {2}"r2_b/,
  ],
  ['no configuration', { config: 'other' }, {}, /There is no wrangler.toml in /],
  ['a file that git would commit', { ignored: '' }, {}, /Git does not ignore .prod.vars/],
  [
    'a queue that cannot be made',
    { replies: { 'queues create': { code: 1, output: 'Authentication error' } } },
    { with: 'bus' },
    /Authentication error/,
  ],
])('%s ends the deployment with a sentence', async (_, settings, options, message) => {
  const { failed, calls } = await project(settings).deploy(options)
  expect(failed).toMatchObject({ name: 'Error', message: expect.stringMatching(message) })
  expect(calls).not.toContain('deploy')
})
