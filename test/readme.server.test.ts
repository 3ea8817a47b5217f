import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { node, root } from '../scripts/toolchain.mjs'
import { type Program, startProgram } from './support/program.ts'
import { python } from './support/python.ts'
import { type Server, startServer } from './support/server.ts'

// The programs in README work as they are printed, except for the port.

const readme = readFileSync(join(root, 'README.md'), 'utf8')
let server: Server
let folder: string
beforeAll(async () => {
  server = await startServer()
  folder = await mkdtemp(join(tmpdir(), 'circles-readme-'))
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** The only block of README in this language that uses a server, changed to use this one. */
function block(language: string): string {
  const blocks = [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text]) =>
    String(text),
  )
  const [found, ...more] = blocks.filter(text => text.includes('localhost:8000'))
  if (found === undefined || more.length > 0)
    throw new Error(`expected one ${language} block in README, found ${blocks.length}`)
  return found.replaceAll('localhost:8000', `127.0.0.1:${server.port}`)
}

async function running(program: string, name: string, text: string): Promise<Program> {
  const file = join(folder, name)
  await writeFile(file, text)
  return startProgram(program, [file])
}

test('JavaScript receives its own message and the reply of pickle', async () => {
  await using program = await running(node, 'talk.mjs', block('js'))
  expect(await program.next()).toBe('message Hello from a browser, @pickle')
  expect(await program.next()).toMatch(/^agent_message ./)
})

test('TypeScript receives the seq and the reply of pickle', async () => {
  const client = join(root, 'src/client/compat.ts')
  await using program = await running(
    node,
    'talk.ts',
    block('ts').replace("'circles-rooms/client'", JSON.stringify(client)),
  )
  await program.next(line => /^stored as \d+$/.test(line))
  expect(program.lines.join('\n')).not.toBe('')
  await expect.poll(() => program.lines.some(line => /^Pickle: ./.test(line))).toBe(true)
})

test('curl posts once, however often it runs, and reads', async () => {
  const [posted, read] = await responsesOf(block('sh'))
  const [again] = await responsesOf(block('sh'))
  expect(again).toEqual(posted)
  expect(read).toMatchObject({ head: posted.seq, more: false })
})

/** The JSON responses of the commands, which curl prints on one line. */
async function responsesOf(commands: string) {
  await using program = await running('sh', 'talk.sh', `${commands}echo`)
  return (await program.next()).split(/(?<=\})(?=\{)/).map(text => JSON.parse(text))
}

test.skipIf(python === null)('Python receives its own message (needs Python with websockets)', async () => {
  await using program = await running(String(python), 'talk.py', block('python'))
  expect(await program.next()).toContain('Hello from Python')
})
