import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { environment, node, root, tool } from '../../scripts/toolchain.mjs'

// What a program sees that installed the client and nothing else.
const folder = mkdtempSync(join(tmpdir(), 'circles-http-client-'))
const installed = join(folder, 'node_modules/circles-http-client')

const program = `
import { type ArgumentsOf, createHttpClient, HttpError, type LoggedEvent } from 'circles-http-client'
const client = createHttpClient('https://circles.example.org', { token: async () => 'token' })
const args: ArgumentsOf<'sendMessage'> = { name: 'dev', body: { content: 'hello' } }
export const seq: number = (await client.sendMessage(args)).seq
export const events: LoggedEvent[] = (await client.listCircleEvents({ name: 'dev', limit: 5 })).events
export const names: string[] = (await client.listCircles()).circles.map(({ name }) => name)
export const text: Promise<string> = (await client.exportCircle({ name: 'dev' })).text()
export const status = (error: unknown) => (error instanceof HttpError ? error.status : 0)
type Schema<Data> = { '~standard': { types?: { input: unknown; output: Data } | undefined } }
type Protocol = { commands: { vote: { role: 'member'; data: Schema<{ poll: number }> } } }
const rooms = createHttpClient<Protocol>('https://circles.example.org')
export const voted: number | undefined = (await rooms.command('vote', { name: 'dev', body: { poll: 1 } })).seq
// @ts-expect-error a vote names a poll
await rooms.command('vote', { name: 'dev', body: {} })
// @ts-expect-error the protocol has no such command
await rooms.command('veto', { name: 'dev', body: { poll: 1 } })
// @ts-expect-error a client without a protocol has no commands
await client.command('vote', { name: 'dev', body: { poll: 1 } })
// @ts-expect-error a message has content
await client.sendMessage({ name: 'dev', body: {} })
// @ts-expect-error a circle has a name
await client.getCircle()
`

function compile(...options: string[]): string {
  const args = [tool('typescript', 'bin/tsc'), '--ignoreConfig', '--strict', '--exactOptionalPropertyTypes', ...options]
  try {
    return execFileSync(node, args, { cwd: folder, env: environment(), encoding: 'utf8' })
  } catch (error) {
    return String((error as { stdout: string }).stdout)
  }
}

beforeAll(() => {
  const entry = join(root, 'src/http-client/index.ts')
  const emit = ['--declaration', '--rewriteRelativeImportExtensions', '--target', 'es2022', '--module', 'nodenext']
  const output = compile(...emit, '--types', '', '--lib', 'es2024,dom,dom.iterable', '--outDir', installed, entry)
  expect(output).toBe('')
  for (const file of readdirSync(installed).filter(name => name.endsWith('.d.ts'))) {
    const declarations = readFileSync(join(installed, file), 'utf8')
    writeFileSync(join(installed, file), declarations.replaceAll(".ts'", ".js'"))
  }
  const exports = { '.': { types: './index.d.ts', default: './index.js' } }
  writeFileSync(
    join(installed, 'package.json'),
    JSON.stringify({ name: 'circles-http-client', type: 'module', exports }),
  )
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  mkdirSync(join(folder, 'src'))
  writeFileSync(join(folder, 'src/program.ts'), program)
})

afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['node16', 'node16'],
  ['esnext', 'bundler'],
])('its types need no other package, as %s with %s', (module, moduleResolution) => {
  const options = ['--module', module, '--moduleResolution', moduleResolution, '--target', 'es2022', '--noEmit']
  const libraries = ['--skipLibCheck', 'false', '--types', '', '--lib', 'es2022,dom']
  expect(compile(...options, ...libraries, 'src/program.ts')).toBe('')
})

test('a bundle of it is small', async () => {
  const result = await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: true, lib: { entry: join(installed, 'index.js'), formats: ['es'] } },
  })
  const [bundle] = [result].flat()
  const code = bundle !== undefined && 'output' in bundle ? bundle.output[0].code : ''
  const bytes = gzipSync(code).length
  console.log(`circles-rooms/http: ${bytes} bytes gzipped`)
  expect(bytes).toBeLessThan(2_560)
})
