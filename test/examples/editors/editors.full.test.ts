import { execFileSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { environment } from '../../../scripts/toolchain.mjs'
import type { ExampleSite } from '../example-site.ts'
import { drawTogether } from './draw-together.ts'
import { folder, startSite } from './editors-site.ts'
import { textEditors } from './text-editors.ts'
import { writeTogether } from './write-together.ts'

// All of examples/editors, with the packages of its own lock, as somebody has it who installs it.

let scratch: string
let site: ExampleSite

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'circles-editors-'))
  const isOurs = (path: string) => !['node_modules', 'dist'].includes(basename(path))
  cpSync(folder, scratch, { recursive: true, filter: isOurs })
  npm('ci')
  npm('run', 'build')
  cpSync(join(scratch, 'dist'), join(folder, 'dist'), { recursive: true })
  site = await startSite()
})
afterAll(async () => {
  await site?.[Symbol.asyncDispose]()
  await rm(scratch, { recursive: true, force: true })
})

function npm(...args: string[]): void {
  const env = environment({ CI: '1', npm_config_prefer_offline: 'true' })
  execFileSync('npm', [...args, '--no-audit', '--no-fund'], { cwd: scratch, env, stdio: 'inherit' })
}

test('the types of all editors agree', () => {
  expect(() => npm('run', 'types')).not.toThrow()
})

test.each(Object.keys(textEditors) as (keyof typeof textEditors)[])(
  'two people write in %s, one of them offline for a while',
  editor => writeTogether(site, editor),
)

test('two people draw in Excalidraw, one of them offline for a while', () => drawTogether(site))
